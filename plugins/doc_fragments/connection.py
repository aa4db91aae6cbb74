# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that every module here takes, documented once. A test compares them with the argument spec."""

from __future__ import annotations


class ModuleDocFragment:
    """The connection to DSM, and what is done with the answer."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Name or address of the NAS, without scheme and port.
      - Where the task runs as an action, which is the default, this is the address of the inventory host
        (C(ansible_host), else C(inventory_hostname)) unless it is set here, or as E(MAILPLUS_HOST) in the
        C(environment) of the task or play.
      - E(MAILPLUS_HOST) in the environment of the controller is used for the inventory host C(localhost) alone, since
        all others have addresses of their own.
      - Where it runs as a plain module, as with M(ansible.builtin.gather_facts), it must be set.
    type: str
  port:
    description:
      - Port of DSM. The default is V(5001) for HTTPS and V(5000) for HTTP.
      - If it is not set, the environment variable E(MAILPLUS_PORT) is used.
    type: int
  https:
    description:
      - Whether to use HTTPS. Without it, the password crosses the network in the clear.
      - If it is not set, the environment variable E(MAILPLUS_HTTPS) is used.
    type: bool
    default: true
  username:
    description:
      - Account to log in with, a DSM administrator or a user with a delegation policy of MailPlus Server.
      - Required here or in the environment variable E(MAILPLUS_USERNAME).
    type: str
  password:
    description:
      - Password of O(username).
      - Required here or in the environment variable E(MAILPLUS_PASSWORD).
    type: str
  validate_certs:
    description:
      - Whether to check the certificate of the NAS. Prefer O(ca_path) to switching this off.
      - If it is not set, the environment variable E(MAILPLUS_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the certificates to trust, or a directory of hashed ones. The NAS's own self-signed certificate
        can be one of them.
      - The default is what the system trusts, which E(SSL_CERT_FILE) and E(SSL_CERT_DIR) may name.
      - If it is not set, the environment variable E(MAILPLUS_CA_PATH) is used.
    type: path
  timeout:
    description:
      - Seconds to wait for the connection, and for each further piece of an answer.
      - What does not come back in time is asked again in smaller parts, where the NAS answers other questions. To find
        the one section that hangs takes three times as long.
      - If it is not set, the environment variable E(MAILPLUS_TIMEOUT) is used.
    type: float
    default: 30.0
  time_limit:
    description:
      - Seconds that the whole task may take, from the name look-up to the end of the last answer. The logout has five
        more.
      - If it is not set, the environment variable E(MAILPLUS_TIME_LIMIT) is used.
    type: float
    default: 600.0
    version_added: 0.2.0
  max_answer_size:
    description:
      - Largest answer that is read, in MiB, as it travels and decompressed. A larger one is an error.
      - If it is not set, the environment variable E(MAILPLUS_MAX_ANSWER_SIZE) is used.
    type: int
    default: 64
    version_added: 0.2.0
  otp_code:
    description:
      - Code of the second factor. It works once, so it fits a single host and a single task; for all else use
        O(device_id).
      - If it is not set, the environment variable E(MAILPLUS_OTP_CODE) is used.
    type: str
  device_id:
    description:
      - Identifier of a device that DSM trusts, which stands in for the second factor. It is a secret.
      - If it is not set, the environment variable E(MAILPLUS_DEVICE_ID) is used.
    type: str
  device_name:
    description:
      - Name under which DSM knows the device of O(device_id).
      - If it is not set, the environment variable E(MAILPLUS_DEVICE_NAME) is used.
    type: str
  session_name:
    description:
      - Name of the DSM session, which decides about the privileges that the account needs.
      - If it is not set, the environment variable E(MAILPLUS_SESSION_NAME) is used.
    type: str
    default: MailPlusServer
requirements:
  - "Python 3.10 or newer, where the task runs: on the controller unless it is delegated"
  - "The Python library requests, 2.28 or newer, in the same place"
notes:
  - The module only reads. Methods that change a server cannot be sent.
  - A login that DSM refuses is never tried again, because DSM blocks addresses after a few. Later tasks of the run do
    not send it to that NAS either. Where the same credentials are refused by three hosts more than accept them, the
    hosts that are left are not asked, and fail with the error C(not_asked).
  - Where the task runs as a plain module, as with M(ansible.builtin.gather_facts), each host is on its own, so try one
    host first.
  - Proxy settings and C(.netrc) of the environment are not used.
"""

    ANSWER = r"""
options:
  reveal_secrets:
    description:
      - Whether to return secrets that the NAS sends, such as the password of a mail relay.
      - By default each is replaced by the text V([hidden]).
    type: bool
    default: false
"""
