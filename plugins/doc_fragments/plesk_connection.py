# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of modules that ask Plesk, documented once. A test compares them with the argument spec."""

from __future__ import annotations


class ModuleDocFragment:
    """The connection to Plesk."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the Plesk server, without scheme and port. It is asked over HTTPS.
      - Where the task runs as an action, which is the default, this is the address of the inventory host
        (C(ansible_host), else C(inventory_hostname)) unless it is set here, or as E(PLESK_HOST) in the
        C(environment) of the task or play.
      - E(PLESK_HOST) in the environment of the controller is used for the inventory host C(localhost) alone, since
        all others have addresses of their own.
      - Where it runs as a plain module, it must be set.
    type: str
  port:
    description:
      - Port of Plesk.
      - If it is not set, the environment variable E(PLESK_PORT) is used.
    type: int
    default: 8443
  username:
    description:
      - User of Plesk to ask as, such as its administrator. What another user may see is up to Plesk.
      - Required here or in the environment variable E(PLESK_USERNAME), unless there is a O(secret_key).
    type: str
  password:
    description:
      - Password of O(username). It may hold printable ASCII characters alone, since nobody has published which bytes
        Plesk takes for others. A O(secret_key) can take its place.
      - Required here or in the environment variable E(PLESK_PASSWORD), unless there is a O(secret_key).
    type: str
  secret_key:
    description:
      - Secret key of the XML API, in place of O(username) and O(password). Plesk accepts it from the IP address alone
        that it was made for.
      - If it is not set, the environment variable E(PLESK_SECRET_KEY) is used.
    type: str
  validate_certs:
    description:
      - Whether to check the certificate of Plesk. Prefer O(ca_path) to switching this off.
      - If it is not set, the environment variable E(PLESK_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the certificates to trust, or a directory of hashed ones. Plesk's own self-signed certificate can
        be one of them.
      - The default is what the system trusts, which E(SSL_CERT_FILE) and E(SSL_CERT_DIR) may name.
      - If it is not set, the environment variable E(PLESK_CA_PATH) is used.
    type: path
  timeout:
    description:
      - Seconds to wait for the connection, and for each further piece of an answer. Plesk sends nothing before it has
        looked at all of what it was asked.
      - What does not come back in time is asked again in halves, so that one slow site costs itself. All together may
        take ten minutes.
      - If it is not set, the environment variable E(PLESK_TIMEOUT) is used.
    type: float
    default: 30.0
attributes:
  action:
    description: Has a corresponding action plugin, so that it runs on the controller.
    support: full
  action_group:
    description: Use C(group/mailfleet.mailplus.plesk) in C(module_defaults) to set defaults for all modules.
    support: full
    membership: [mailfleet.mailplus.plesk]
  async:
    description: Can be run with C(async).
    support: none
  delegation:
    description: Can be used with C(delegate_to).
    support: full
    details:
      - Delegated to another host than the controller, it runs there as a module. That host needs Python 3.10 or newer.
requirements:
  - "Python 3.10 or newer, where the task runs: on the controller unless it is delegated"
  - "The Python library requests, 2.28 or newer, in the same place"
notes:
  - The module only reads. Operations that change a server cannot be sent.
  - A login or key that Plesk refuses is never tried again, because Plesk blocks addresses after a few. Later tasks of
    the run do not send it to that server either. Where the same credentials are refused by three hosts more than accept
    them, the hosts that are left are not asked, and fail with the error C(not_asked).
  - Proxy settings and C(.netrc) of the environment are not used.
"""
