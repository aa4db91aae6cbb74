# SPDX-License-Identifier: GPL-3.0-or-later
"""The closed lists that decide what a recording keeps: words of keys, states, and what a key tells of its value.

Some words are first names or surnames as well, such as mark. Those that were found are in AMBIGUOUS, or, as texts, in
AMBIGUOUS_STATES.
"""

from __future__ import annotations

import re
from functools import lru_cache


def of(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# A key of these words alone is one of a program's, as opposed to a name that a mapping is by.
WORDS = of(
    """
    aa abnormal abort aborted accept accepted access accessible account accounting accounts ack acl acls act
    action actions activate activated activating activation active activity actor actual add added adding
    addition additional addr address addresses addrs admin administration administrator administrators adminlog
    admins advance advanced aes128 aes256 after age agent agents aggregate alarm alarms alert alerts algorithm
    algorithms alias aliases align all allocated allocation allow allowed allowlist allows alt alternate
    alternative always amavis amount analysis analyze anonymous answer answers anti antispam antivirus any api
    apis app append application applications applied apply approval approve approved apps arch architecture
    archive archived archives arg args argument array arrival arrived asc ascending ask assign assigned async at
    attach attached attachment attachments attempt attempts attr attribute attributes audit auth authenticate
    authenticated authentication authenticator author authority authorization authorize authorized auto
    autoblock autoforward autolearn autologin automatic automatically autoreply autostart autoupdate av
    availability available average avg avoid away back backend backlog backoff backscatter backup backupable
    backups balance balancer balancing ban bandwidth banned banner base base64 based basic batch bayes bayesian
    bcc before begin behavior behaviour belong best beta between bidirectional bin binary bind binddn
    bitdefender bkp blacklist blacklisted blacklists blackwhite blackwhitelist blob block blocked blocking
    blocklist blocks body bond bool boolean boot bot both bottom bounce bounced bounces branding bridge
    broadcast broken browse browser btrfs bucket buffer bug bugs build buildnumber builtin bulk busy button by
    bypass byte bytes ca cacerts cache cached caches cacrt cal calc calculate calendar call callback calls can
    cancel canceled cancelled candidate canonical cap capabilities capability capacity caps captcha capture card
    case cat catalog catch catchall categories category cause cc ccl cell center cert certificate certificates
    certs cfg cgi chain change changed changes channel char character characters charset chart chat check
    checked checker checking checks checksum children chroot cidr cipher ciphers ciphersuite circuit cjk clamav
    class classes classify clean cleanup clear cleared cli click client clients clone close closed cloud cluster
    clusters cmd cn code codepage codes col collapse collect collection color colors colour column columns com
    comma command commands comment comments commit common community compact compat compatibility compatible
    complete completed completion compliance component components compose composer compress compressed
    compression compute concurrency concurrent condition conditions conf confidence config configs configurable
    configuration configurations configure configured confirm confirmation confirmed conflict conflicts conn
    connect connected connecting connection connections connector consistency console constraint contact
    contacts contain container contains content contents contentscan context continue control controller convert
    converted cookie cookies copied copies copy core cores corpus corrupt corrupted count counter counters
    country counts cpu crash create created createwizard creation creator credential credentials critical cron
    crt crypt crypto csr csv ctime ctrl cumulative cur current cursor custom customize customized cutoff cutover
    cycle daemon daemons daily damaged dane dashboard data database databases dataset date dates datetime day
    daylight days db dbs dc deactivate deactivated deactivation dead deadline debug decrypt dedicated deep def
    default defaults defer deferred define defined definition definitions deflate degraded del delay delayed
    delays delegate delegated delegates delegation delegations deletable delete deleted deletes deletion
    delimiter deliver delivered deliveries delivery delta demo denied deny dep dependencies dependency dependent
    deploy deployment deprecated depth desc descending descr description descriptions desktop dest destination
    destinations detail detailed details detect detected detection dev device devices dhcp diag diagnose
    diagnosis diff differ different differs digest dimension dir direct direction directories directory dirty
    disable disabled disallow disarm discard discarded disclaimer disclaimers disconnect disconnected discovery
    disk disks display displayed displayname distributor div dkim dmarc dn dns dnsbl dnssec dnswl do doc
    document documents domain domainid domains done dos dovecot dovecotlog down download downloaded downloads
    draft drafts drive driver drives drop dropped dry dsa dsm dst dual due dump dup duplicate duplicates
    duration dyn dynamic each early ecc ecdsa ecn ed25519 edge edit editable edited editor effective ehlo eicar
    elapsed element elements eligible else email emails embedded emergency empty enable enabled enablement enc
    encoded encoding encrypt encrypted encryption end ended ending endpoint endpoints ends enforce enforced
    engine engines enqueue ensure enter enterprise entire entries entry enum enumerate env environment equal
    equals err error errors escape eset est estimate estimated eth ev eval evaluation event events ever every
    evidence exact exceed exceeded except exception exceptions exchange exclude excluded exclusion exclusive
    exec executable execute executed execution exempt exist existing exists exit expand expanded expect expected
    expiration expire expired expires expiry explicit export exported exporting exports expr expression ext ext3
    ext4 extend extended extension extensions extent external extra extract factor fail failback failed failing
    failover fails failure failures fallback false family fan fast fatal fault favorite feature features feed
    fetch fetched fetching field fields file filename files filesize filesystem filter filtered filtering
    filters final find fingerprint finish finished firewall firmware first fit fix fixed flag flags flash flood
    flow flows flush folder folders follow font footer for forbid forbidden force forced foreign form format
    formats formatted forms forward forwarded forwarder forwarding forwards found fqdn fraction fragment frame
    free freeze freq frequency fresh from front frontend frozen fs fstype fts full fulltext fulltextsearch fully
    func function functions future gap gateway gauge gb gc gen general generate generated generation generator
    generic geoip get gid gigabyte global gmt go gpg gpo graph greylist greylisted greylisting grid group
    groupid grouping grouplist groups grow growth gssapi guest gui guid guide gzip ha half ham handle handler
    handshake hang hard hardware has hash hashed hashes have hdd head header headers headroom health healthy
    heartbeat height hello helo help helper heuristic heuristics hibernation hidden hide hierarchy high higher
    highest highlight hint hints history hit hits hold home homes honeypot hop hops host hosted hostname
    hostnames hosts hot hour hourly hours html http http2 https hybrid hyperbackup i18n icon icons id ident
    identical identification identifier identifiers identities identity idle ids idx if iface ifname iframe
    ignore ignored ignores image images imap imap4 imap4rev1 imapd imappop imappop3 imaps immediate immediately
    impersonate implicit import imported importing imports in inactive inbound inbox incl include included
    includes including incoming incomplete increment index indexed indexer indexes indexing indicator individual
    infected infection info information infos inherit inherited init initial initialize initialized initializing
    inode inodes input ins insecure insert inside inspect install installable installation installed installer
    installing instance instances instant int integer integrity interface interfaces intermediate internal
    internet interrupted interval intervals into invalid inventory invite invoice io iops ip ip4 ip6 ips ipset
    ipv ipv4 ipv6 is iscsi isdefault iso isolated issue issued issuer issues isvalid item items iteration job
    jobs join joined journal json junk kb kbps keep keepalive kept kerberos kernel key keys keyword keywordlist
    keywords kill kind known l10n label labels lan lang language languages large last lastmodified late latency
    later latest launch layer layout lazy ldap ldaps leaf learn learned learning lease least led left legacy len
    length less level levels lib library licence licences license licensed licenses licensing life lifetime
    light like limit limitation limited limits line lines link linked links list listed listen listener
    listening lists live lmtp lo load loaded loading loads local locale localhost location locations lock locked
    lockout locks log logfile logged logging logical login logins logo logon logout logs long longest lookup
    lookups loop lost low lower lowest lun mac machine macs magic mail mailbox mailboxes maildir mailer mailfile
    mailing mailplus mailplusserver mailq mails mailserver mailto main maint maintain maintainer maintenance
    major malicious malware manage managed management manager managers managesieve managing manual map mapped
    mapping mappings margin mark mask masked masquerade master masters match matched matches
    matching matrix max maxed maximum maxsize may mb mbox mbps mcafee mcp md md5 mda mean means measure
    mechanism mechanisms media median medium megabyte member members membership memory menu merge merged message
    messages meta metadata method methods metric metrics mfa mib middle migrate migrated migrating migration
    migrations milliseconds milter mime min mini minimal minimum minor minute minutes mirror misc missing mixed
    mobile mod mode model models modes modified modify modseq module modules monitor monitored monitoring
    monitors month monthly months more most mount mounted mountpoint mounts move moved moves ms msg msgs mta
    mtime mtu mua multi multipart multiple must mutable mx name named names namespace namespaces nas nat native
    need needed needs negative nested net netmask nets network networks never new newer newest next nfs nginx
    nic nics no node nodes non none nonexistent nonfqdn nonlocal noop normal not note notes notice notices
    notification notifications notified notify notifying now ns ntlm ntp null num number numbers numeric nvme
    o365 oauth oauth2 obj object objects occupied occurrence oct off office offline offset offsets ok old older
    oldest on once one online only oom open openldap openpgp openssl operate operation operations operator
    operators opportunistic opt optimize option optional options or order ordered ordering org organization orig
    origin original orphan orphaned os other others otp ou out outbound outbox outcome outdated outer outgoing
    output outside over overall overhead overload overquota override overrides overview overwrite own owned
    owner owners ownership pack package packages packet page pages paging pair panel parallel param parameter
    parameters params parent parse parsed part partial participant partition partitions partner parts pass
    passed passive passphrase passthrough passwd password passwords past patch path paths pattern patterns pause
    paused pct peak peer peers pem penalty pending per percent percentage perf perform performance period
    periodic periods perm permanent permission permissions permit permitted perms persistent personal pgp phase
    phish phishing phone physical pid pin ping pipeline pipelining pkcs pkcs12 pkcs7 pkg pkgs place plain
    plaintext plan platform plugin plugins plus png point pointer points policies policy poll polling pool pools
    pop pop3 pop3d pop3s popup port ports pos position positive possible post posterior postfix postgrey posting
    postmaster postscreen power ppp pppoe pre precheck predefined preference preferences preferred prefix
    prefixes prepare prepared presence present preserve preset press pressure prevent preview previous prim
    primary principal print prio priorities priority privacy private privilege privileged privileges probe
    probes proc procedure process processed processes processing processor product products profile profiles
    progress prohibit prompt properties property prot protect protected protection proto protocol protocols
    provider providers provision proxies proxy ptr pub public publish published publisher pull purge purged push
    qmgr qos qty quality quantity quarantine quarantined queries query queue queued queues quick quiet quit
    quota quotas quotawarn raid raidtype ram random range ranges rank ranking rate rates ratio raw rbl rbls rcpt
    rdns reach reachable reached read readable reader readonly ready real realm realtime reason reasons reboot
    rebuild receipt receive received receiver receivers receives receiving recent recheck recipient recipients
    reclaim recommend recommended reconnect record records recover recovered recovery recurrence recurring
    recursive recv recycle redirect redirected redis reduce redundancy redundant ref reference references
    referral referrer refresh refresher refuse refused regex regexp region regional register registered
    registration registry regular reindex reject rejected rejecting rejection rejects rel related relation
    relative relay relayed relayhost relaying relays release released reliability reload remain remaining remark
    remind reminder remote remotemigrate removable removal remove removed removes rename renamed render renew
    renewable renewal repair repairing repeat replace replaced replica replicas replicate replication reply
    replyto repo report reported reporter reporting reports repository reputation req reqcert request requested
    requester requests requeue require required requirement requirements requires reroute reschedule rescue
    resend reserve reserved reset resolution resolve resolved resolver resolvers resource resources respond
    response responses restart restarting restore restored restoring restrict restricted restriction
    restrictions result results resume retain retention retransmit retries retrieve retry return returned reuse
    rev reverse revert review revision revoke revoked rewrite rfc rfc2307 rfc822 right rights ring risk rlimit
    robots role roles rollback root rotate rotated rotation round route router routes routing row rows rpc rsa
    rsa2048 rsa4096 rspamd rss rsync rtf rtt rule rules ruleset rulesets run running runs runtime s3 sa safe
    safelist saml sample samples san sandbox sanitize sasl sata save saved saving scale scan scanned scanner
    scanning scans schedule scheduled scheduler schedules scheduling schema scheme scope score scores scoring
    screen script scripts scroll sdk seal search searches searching searchtask sec second secondary seconds
    secret secrets section sections sector secure security securitydashboard see seed seek segment segments
    select selectable selected selection selector selectors self selfcheck send sendable sender senders sending
    sends sensitive sensitivity sent separate separator seq sequence serial series server serverlist servers
    service services session sessions set sets setting settings setup severity sha sha1 sha256 sha384 sha512
    shadow share shared shares sharing sheet shell shift short show showing shutdown side sieve sig sigma sign
    signature signatures signed signer signing silent similar simple since single site sites size sizes skip
    skipped slave slaves sleep slot slots slow small smart smarthost smb smb2 smb3 smime sms smtp smtpd smtps
    snapshot snapshots snippet snmp socket sockets soft softbounce softfail software solution sort sorted
    sorting sound source sources space spam spamassassin spamd spamhaus spammer spamtrap span spare spec special
    specific specification specified speed spf spike split spool sql src srs srv ssd ssds ssh sshd ssl sslv2
    sslv3 sso stable stack stage standalone standard standby starred start startable started starting starts
    starttls startup stat state stateful static statistic statistics stats status statuses step steps sticky
    stop stopped stopping storage store stored stores stories strategy stream strict string strings strip strong
    struct structure style sub subdomain subfolder subfolders subject subjects submission submit submitted
    subnet subnets subscribe subscribed subscriber subscription subset substring subsystem subtype success
    successful successfully such suffix suggest suggested suggestion suggestions suite sum summary super
    supplier support supported supports suppress surbl surname suspect suspend suspended suspicious swap
    swappable switch symlink sync synced synchronization synchronize synchronized synchronous syncing syno
    synoav synology syntax sys syslog system systems tab table tables tabs tag tagged tagging tags target
    targets tarpit task tasks tb tcp team tel telnet temp temperature template templates temporary tenant term
    terminal terminate terms test tested testing tests text texts than theme then third thread threads threat
    threats threshold thresholds throttle throttled throttling through thumb thumbnail thumbprint ticket tier
    till time timed timeout timeouts timer timers times timestamp timestamps timezone title titles tls tls10
    tls11 tls12 tls13 tlsa tlsprofile tlsv1 tmp to today toggle token tokens tomorrow too tool toolbar tools
    tooltip top topic total totals touch trace track tracker tracking traffic train trained training transaction
    transactionlog transactions transfer transferred transform transient transit translate translation
    transparent transport transports trash tree trend trigger triggered triggers trim true truncate truncated
    trust trusted trusts try ts tsl ttl tunnel turn tutorial txt type types tz udp ui uid uids umask unack
    unassigned unauth unauthenticated unauthorized unavailable unblock unclassified uncompressed undefined
    undelete undeliverable undelivered undo unencrypted unexpected unfreeze unhealthy unicode unify uninstall
    uninstalled unique unit units unix unknown unless unlimited unlock unmanaged unmount unreachable unread
    unreg unregistered unsafe unsecure unseen unset unsigned unsorted unsubscribe unsupported until untrusted
    unusable unused unverified up upcoming update updated updates updating upgradable upgrade upgraded upgrading
    upload uploaded uploads upper ups uptime uri uris url urls usable usage usages usb use used user usergroup
    usergrouppolicy userid userlist username usernames users uses using utf8 util utilization utils uuid
    vacation vacuum valid validate validated validation validator validities validity value values var variable
    variables variant vendor verbose verification verified verify version versions via view viewer views
    violation virtual virus viruses virusquarantine visibility visible vlan vlans vm vol volume volumes vpn
    vulnerable wait waiting wake wan warn warned warning warnings watch watchdog weak web webapi webdav webhook
    webmail website week weekday weekdays weekend weekly weeks weight weights white whitelist whitelisted
    whitelists whois wide width wifi wildcard window windows wins with within without wizard wording wordlist
    work worker workers working workload world wrapper writable write writer written wrong wwn x509 year yearly
    years yes yesterday zip zone zones
    """
)

# Of these, a key needs another word beside them: alone, each may be somebody's name, or that of a group.
AMBIGUOUS = of(
    """
    archive backup best block bond call case cloud conn contact dane day delta demo driver early else field
    fields flood gateway guest ham hang hard head high lang light link lock long low major management mark
    masters max may office pack page partner ping pool post power quick reports ring router sample scanner seal shell
    short small smart strong support team test weeks white
    """
)

# Text that is a state or a choice. Of these, at most three are joined.
STATES = of(
    """
    abnormal aborted absent accept accepted account activated activating active add added admin administrator
    aes alert allow allowed always and anonymous any archived asc ascending attached attention audit auth
    authenticated auto automatic available backupable basic bcc blacklist blacklisted blacklists block blocked
    body bounce bounced broken browser btrfs busy bytes canceled canceling cancelled caution changed checking
    clamav clean closed cluster compatible complete completed configured connected connecting contains corrupted
    crashed created crit critical custom customized daily day days deactivated debug default deferred degraded
    delayed delete deleted deleting deliver delivered denied desc descending detached detected dhcp differs
    directory disable disabled disabling disarm discard discarded disconnected dkim dmarc dns dnsbl domain done
    dovecot dsm ecc ecdsa ed25519 emerg emergency empty enable enabled enabling encrypted encrypting ended enum
    err error exchange exclusive exist exists expired expiring explicit export exported exporting ext3 ext4
    external failed failing failure false fatal find finish finished forbidden forward forwarded full gb global
    greylist greylisted group groups hard header healthy high hold hot hour hourly hours html idle ignore image
    imap imap4 imaps implicit import imported importing inactive inbound incompatible incomplete info initial
    initialized initializing inprogress installed installing internal invalid ip ipv4 ipv6 jbod kb keep lan ldap
    ldaps learning level limited list loading local locked log login logout low machine mail main manual mb
    mcafee md5 medium member message migrated migrating minute minutes missing modern modified monitor month
    monthly mounted moved network never no none normal not not_installed notice ntlm ntp off offline ok on
    online only operational optional ordinary outbound outdated overdue partial partially passed paused pending
    permanent phishing plain policy pop3 pop3s postfix preparing primary processing progress public quarantine
    quarantined queue queued quota raid raid0 raid1 raid10 raid5 raid6 readonly ready rebuilding received
    recipient recovering redirect refused registered reject rejected relay remote removed repairing replica
    required resolved restarting restored retrying reverse rfc2307 rfc2307bis rsa rspamd running scanning
    scheduled second secondary seconds secure security self sender sent server sha1 sha1withrsaencryption sha256
    sha256withrsaencryption sha384 sha384withrsaencryption sha512 sha512withrsaencryption shr shr2 signed single
    size skipped slave smtp smtps soft softfail spam spamassassin spare spf ssl standalone standard standby
    started starting starttls static status stop stopped stopping strict subject succeeded success supported
    suspended suspicious synced syncing system tb tcp tempfail temporary timeout tls tls10 tls11 tls12 tls13
    tlsv1 transient true trusted type udp unauthenticated unavailable unconfigured unhealthy uninitialized
    uninstalled unknown unlimited unlocked unmodified unmounted unread unregistered unset unsigned unsupported
    untrusted unused unverified updated updating upgrading user username users utf8 valid verified verifying
    virus waiting wan warn warning week weekly whitelist whitelisted with wizard year yearly yes
    """
)

# Of these, a text needs a key that is attested, or that tells of a state or a choice.
AMBIGUOUS_STATES = of(
    """
    bill block body bounce day days find forward full group groups hard high hold hot level link list lock low mac main
    mark may medium min minute modern month network ordinary partial ping plain private public queue ram relay selector
    self sender server shr slave soft spare standard status subject system user username users warn week with wizard
    year
    """
)

# Texts of several words that are states, under whatever key.
PHRASES = frozenset(
    {
        "domain admin",
        "domain user",
        "in progress",
        "mail system",
        "not installed",
        "not running",
        "not supported",
        "soft fail",
        "system admin",
        "system administrator",
    }
)

# The names that errors of this collection have where no answer came.
FAILURES = of(
    """
    account_disabled account_locked address_blocked address_changed answer_too_large ca_path_unusable
    certificate_not_trusted connection_broken connection_forbidden connection_refused demo_site error
    incomplete_request interrupted login_not_permitted name_not_resolved nested_too_deep no_application_privilege
    no_permission no_route no_such_api no_such_entry no_such_method not_dsm not_http not_json not_sendable package_error
    parameter_invalid parameter_missing password_change_required password_expired redirected refused_by_package
    request_failed requests_missing second_factor_needed second_factor_not_set_up second_factor_refused
    session_interrupted session_timeout session_unknown system_busy time_limit timeout tls_failed too_many_values
    truncated_json unexpected_answer unknown unknown_error version_not_supported wrong_credentials
    """
)

# Texts of Synology that are no state, and name nobody.
PRODUCTS = frozenset(
    {
        "DSM",
        "Hyper Backup",
        "HyperBackup",
        "MailClient",
        "MailPlus",
        "MailPlus Server",
        "MailPlus-Server",
        "Synology MailPlus",
        "Synology MailPlus Server",
    }
)

# Keys of DSM that have a dash.
_DASHED = frozenset({"current-level", "default-level", "display-name", "display-name-i18n"})

# What stands under a key of one of these words is personal, a secret, tells which NAS it is, or is free text …
_PRIVATE = of(
    """
    account accounts activation actor addr address addresses addrs admin administrator admins agent alias
    aliases api_key attachment author banner base bcc bind binddn bindpw birth birthday body browser card cc cert
    certificate city client clients cn comment comments common company computer contact contacts content
    contents cookie country creator credential credentials customer cvv dc delegate delegated delegates desc
    description descriptions dest destination device directory dirs display displayed dkim dn dob domain domains
    email emails employee extension extra file filename files fingerprint folder folders footer fqdn from gateway given
    group groups guest hash header headers helo hint holder host hosted hostname hostnames hosts html hwaddr
    icon image issuer key keys keyword keywords label labels lic licence license link local location login logo
    logon mac mail mailbox mailboxes maildir mails maintainer manager member members message messages mobile
    model modulus name named names network networks nick nickname note notes operator org organization origin
    otp ou owner owners participant partner pass passcode passphrase passwd password passwords path paths
    pattern patterns peer person personal phone pin plain plaintext postal postmaster prefix private psk public
    pw pwd query rcpt realm receiver receivers recipient recipients record regex remark remote reply replyto
    reporter requester reviewer root sample samples san secret secrets seed selector sender senders serial
    server servers sid signature site sn source sources ssid street subject subjects subscriber suffix summary
    surname target targets tax tel telephone tenant text texts title titles to token tokens txt ui uri uris url
    urls user userid userlist username usernames users uuid vendor website who whom wwn zip
    """
)

# … unless the last word is one of these, which say what of it is told: a state, a choice, or a count.
_PLAIN_ENDS = of(
    """
    accepted access action algorithm allowed amount auth capacity category check checked class count counts days
    depth disabled enable enabled encryption engine exists expired format hours interval kind length level
    levels locked minutes mode months order percent percentage period permission policy port ports priority
    progress protocol quota rate ratio result role roles scheme score seconds security severity size sizes state
    states status statuses threshold time timeout total totals ttl type types unit units usage used valid
    validity verified version weight
    """
)

# A key with one of these tells an amount, whatever it is of.
_AMOUNTS = of("limit limited limits max maximum min minimum per quota")

# Of these there are numbers, which are no names.
_COUNTED = of(
    """
    account accounts client clients domain domains group groups host hosts mail mailbox mailboxes mails member
    members message messages network networks recipient recipients sender senders server servers subscriber user
    users
    """
)

_PLURALS = frozenset(word for word in _COUNTED if word.endswith("s"))

# A code with one of these beside it is a secret of somebody.
_OF_SECRET_CODES = of("access auth confirm pin postal recovery security verification zip")

# A number under a key that ends so is the number of an entry; small ones tell nothing.
_IDS = of("gid id ids index no uid uids")
_NO_IDS = of("card customer device employee licence license mobile person personal phone pin serial tax tel telephone")

# A float may be told of these.
_RATES = of("average avg load mean percent percentage progress rate rates ratio score scores temp temperature usage")

# A number with one of these, or below one of these, is an address and no time.
_ADDRESSES = of(
    """
    addr address addresses dhcp dns gateway host hosts ip ip4 ipv4 ips lease mask netmask network networks pool range
    ranges subnet subnets
    """
)

# Times of what everybody may download: they would tell by how much all times are moved.
_PUBLISHED = of("build builddate buildday buildnumber firmware package packages release released pkg pkgs")

# Times that a certificate, which is public as well, may be found by.
_CERTIFICATES = of("cert certificate certificates certs crt")
_VALID_BEGINS, _VALID_ENDS = of("valid not validity"), of("from till to until after before begin start end")

# In a series of times of these, numbers that are in order are no characters.
_DAYS = of("day days hour hours minute minutes month months week weekday weekdays weeks")

# Under a key that ends so, a number is an amount.
_MEASURES = of(
    """
    bits bytes capacity count counts current days depth duration free hops hours interval kb kbps length level
    limit limits lines mails max maximum mb mbps messages milliseconds min minimum minutes ms num offset percent
    percentage period port ports priority progress quota ram rate retries rotation score seconds size sizes
    speed suggested temp temperature threshold timeout total totals traffic ttl unread uptime usage used weight
    """
)

_VERSIONS = of("build buildnumber dsm engine firmware kernel release revision version versions")

# Where a number or a text is looked at as a time.
_TIMES = of(
    """
    activated added arrival at begin changed created ctime date dates datetime day deadline due end ended ends
    expiration expire expired expires expiry finish finished from last later latest login logon modified moment
    mtime newest next now oldest since start started starts stopped till time times timestamp timestamps to ts
    until update updated updates valid validity when
    """
)

_LONGEST_KEY = 64
_MOST_WORDS = 8
_KEY = re.compile(r"[a-z_][A-Za-z0-9_]*")
_PART = re.compile(r"[^_-]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_STATE = re.compile(r"[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+){0,2}")


@lru_cache(maxsize=65536)
def words_of(key: str) -> tuple[str, ...]:
    """The words of a key in lower case: those of ``maxMailSize`` and ``max_mail_size`` are the same."""
    words: list[str] = []
    for part in _PART.findall(key[: 2 * _LONGEST_KEY]):
        whole = part.lower()
        words.extend([whole] if whole in WORDS else (word.lower() for word in _CAMEL.findall(part)))
    return tuple(words)


@lru_cache(maxsize=65536)
def is_of_a_program(key: str) -> bool:
    """Whether a key is made of known words alone, and is none of what names are: a capital first, a dash, a dot, or a
    word and a number.
    """
    if key in _DASHED:
        return True
    words = words_of(key)
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key) or "".join(words) != key.replace("_", "").lower():
        return False
    digits = "".join(word for word in words if word.isdigit())
    names = [word for word in words if not word.isdigit()]
    if not names or len(words) > _MOST_WORDS or len(digits) > 1 or (digits and len(names) == 1):
        return False
    return set(names) <= WORDS and not set(names) <= AMBIGUOUS


@lru_cache(maxsize=65536)
def is_private(key: str) -> bool:
    """Whether nothing under a key may stay but true, false and null."""
    words = [word.rstrip("0123456789") for word in words_of(key) if not word.isdigit()]
    private = _PRIVATE.intersection(words) - ({"from", "to"} if len(words) > 1 else set())
    if words and words[-1] in ("code", "codes") and not _OF_SECRET_CODES.isdisjoint(words):
        return True
    if not private or not _AMOUNTS.isdisjoint(words) or words[-1] in _PLAIN_ENDS:
        return False
    if words[-1] in ("num", "number"):
        return words[-2] not in _PLURALS
    if is_measure(key) and words[0] in ("num", "number"):
        return False
    return words[-1] not in _TIMES - {"from", "to", "last"} or len(words) == 1


@lru_cache(maxsize=65536)
def is_measure(key: str) -> bool:
    """Whether a number under a key is an amount."""
    words = [word for word in words_of(key) if not word.isdigit()]
    is_count = words[:1] in (["num"], ["number"]) and words[-1] in _PLURALS
    return bool(words) and (is_count or words[-1] in _MEASURES or not _AMOUNTS.isdisjoint(words))


@lru_cache(maxsize=65536)
def is_id(key: str) -> bool:
    """Whether a number under a key is that of an entry, such as of a domain."""
    words = words_of(key)
    return bool(words) and words[-1] in _IDS and _NO_IDS.isdisjoint(words)


@lru_cache(maxsize=65536)
def is_rate(key: str) -> bool:
    """Whether a number under a key may have a fraction that tells nothing."""
    return is_measure(key) or not _RATES.isdisjoint(words_of(key))


@lru_cache(maxsize=65536)
def is_plain(key: str) -> bool:
    """Whether a key says of its value that it is a state, a choice, an amount, a time, or the number of an entry."""
    words = words_of(key)
    return bool(words) and (words[-1] in _PLAIN_ENDS or is_measure(key) or is_of_times(key) or is_id(key))


@lru_cache(maxsize=65536)
def is_of_addresses(key: str) -> bool:
    """Whether numbers under a key may be addresses."""
    return not _ADDRESSES.isdisjoint(words_of(key))


@lru_cache(maxsize=65536)
def is_published(key: str) -> bool:
    """Whether times under a key are those of something that everybody may download."""
    return not _PUBLISHED.isdisjoint(words_of(key))


@lru_cache(maxsize=65536)
def is_of_certificates(key: str) -> bool:
    """Whether a time under a key may be that of a certificate."""
    words = words_of(key)
    return _is_validity(words) or not _CERTIFICATES.isdisjoint(words)


def _is_validity(words: tuple[str, ...]) -> bool:
    return bool(words) and words[0] in _VALID_BEGINS and words[-1] in _VALID_ENDS


@lru_cache(maxsize=65536)
def is_of_series(key: str) -> bool:
    """Whether a list under a key may be of days, hours or times."""
    return is_of_times(key) or not _DAYS.isdisjoint(words_of(key))


@lru_cache(maxsize=65536)
def is_of_versions(key: str) -> bool:
    """Whether a version may stand under a key."""
    words = words_of(key)
    return "version" in words or (bool(words) and words[-1] in _VERSIONS)


@lru_cache(maxsize=65536)
def is_of_times(key: str) -> bool:
    """Whether a time may stand under a key."""
    words = words_of(key)
    return not _TIMES.isdisjoint(words) or _is_validity(words)


def is_state(text: str, is_attested: bool, is_plain_key: bool) -> bool:
    """Whether a text is a word that is a state; under a key that is attested, up to three of them."""
    if not _STATE.fullmatch(text):
        return False
    words = re.split("[ _-]", text.lower())
    if is_attested or " ".join(words) in PHRASES:
        return STATES.issuperset(words) or " ".join(words) in PHRASES
    is_one = len(words) == 1 and words[0] in STATES
    return is_one and (is_plain_key or words[0] not in AMBIGUOUS_STATES)
