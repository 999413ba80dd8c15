#!/bin/sh
# Prepares a Payara 6 domain for one of CRAQ's archives and deploys it there. May be run again to change settings or to redeploy.
set -eu

usage() {
  cat >&2 <<'TEXT'
Usage: prepare.sh PAYARA DOMAIN PORTBASE DRIVER ARCHIVE [NAME=VALUE]...
  PAYARA    directory of an unpacked Payara 6, which contains bin/asadmin
  DOMAIN    name of the domain, which is created if it does not exist
  PORTBASE  base of the ports of a new domain: HTTP gets this number + 80, HTTPS + 81, the server's console + 48
  DRIVER    JDBC driver of PostgreSQL (jar)
  ARCHIVE   craq-manager-war.war, craq-node-war.war or craq-ear.ear
  NAME      a setting of CRAQ, for example craq.node.id; one without a VALUE is removed. craq.db.url and craq.db.user define
            the database, and craq.https.keystore=FILE a key store such as node.p12 of 'craq certs': the domain then speaks HTTPS in place of HTTP
The database's password is taken from the environment variable CRAQ_DB_PASSWORD, that of the key store from CRAQ_HTTPS_PASSWORD or
else from the file beside it, FILE.password. The administrator's password (user admin) is taken
from a line AS_ADMIN_PASSWORD=... in the file that AS_ADMIN_PASSWORDFILE names. Without that file, a password is generated when the
domain is created, and stored in the domain's config/craq-admin.password, readable by its owner only.
TEXT
  exit 2
}

fail() { printf 'prepare.sh: %s\n' "$*" >&2; exit 1; }

[ $# -ge 5 ] || usage
payara=$1 domain=$2 portbase=$3 driver=$4 archive=$5
shift 5
asadmin=$payara/bin/asadmin
[ -x "$asadmin" ] || fail "there is no bin/asadmin in $payara. Name the directory into which Payara was unpacked."
[ -f "$driver" ] || fail "the driver $driver does not exist."
[ -f "$archive" ] || fail "the archive $archive does not exist. Build it first: mvn -DskipTests package"
[ -n "${CRAQ_DB_PASSWORD:-}" ] || fail "the database's password is missing. Set CRAQ_DB_PASSWORD."
case $portbase in
  '' | *[!0-9]*) fail "PORTBASE is '$portbase', but must be a number, for example 8000." ;;
esac
[ "$portbase" -ge 1024 ] && [ "$portbase" -le 65000 ] || fail "PORTBASE is $portbase, but must be from 1024 to 65000."

url='jdbc:postgresql://127.0.0.1:5432/craq?reWriteBatchedInserts=true'
user=craq
keystore=kept
certificate=
settings=
dropped=
for setting in "$@"; do
  case $setting in
    craq.db.url=*) url=${setting#*=} ;;
    craq.db.user=*) user=${setting#*=} ;;
    craq.db.password=*) fail "a password must not be given on the command line. Set CRAQ_DB_PASSWORD instead." ;;
    craq.https.password=*) fail "a password must not be given on the command line. Set CRAQ_HTTPS_PASSWORD instead." ;;
    craq.https.keystore=*) keystore=${setting#*=} ;;
    craq.*=?*)
      case $setting in craq.tls.certificate=*) certificate=yes ;; esac
      # asadmin separates settings by colons, so those within a value are escaped.
      escaped=$(printf '%s' "$setting" | sed 's/[\\:]/\\&/g')
      settings=${settings:+$settings:}$escaped
      ;;
    craq.*=)
      [ "$setting" != craq.tls.certificate= ] || certificate=no
      dropped="$dropped ${setting%=}"
      ;;
    *) fail "'$setting' is not a setting. Settings look like craq.node.id=n1" ;;
  esac
done

# All files of the domain, including passwords and log, are accessible to their owner only, whatever the umask was.
umask 077
folder=$payara/glassfish/domains/$domain
config=$folder/config/domain.xml
kept=$folder/config/craq-admin.password
secret=$(mktemp)
words=$(mktemp -d)
trap 'rm -rf "$secret" "$words"' EXIT

# Before anything is changed: a key store that can't be used, and settings that don't fit to HTTPS or to HTTP.
case $keystore in
  '' | kept) ;;
  *)
    [ -f "$keystore" ] || fail "the key store $keystore does not exist. Make it: craq certs init"
    [ -n "${CRAQ_HTTPS_PASSWORD:-}" ] || [ -f "$keystore.password" ] ||
      fail "the key store's password is missing. Set CRAQ_HTTPS_PASSWORD, or put it into $keystore.password."
    keytool=${AS_JAVA:-${JAVA_HOME:-}}
    keytool=${keytool:+$keytool/bin/}keytool
    command -v "$keytool" >/dev/null || fail "keytool is missing. Set JAVA_HOME to a JDK."
    if [ -n "${CRAQ_HTTPS_PASSWORD:-}" ]; then printf '%s' "$CRAQ_HTTPS_PASSWORD" >"$words/given"; else
      cat "$keystore.password" >"$words/given"
    fi
    LC_ALL=C "$keytool" -J-Duser.language=en -list -keystore "$keystore" -storepass:file "$words/given" >"$words/said" 2>"$words/warned" ||
      fail "the key store $keystore can't be opened: $(sed -n 's/^keytool error: \([a-zA-Z.]*: \)*//p' "$words/said")"
    alias=$(sed -n 's/^\([^,]*\),.*PrivateKeyEntry.*/\1/p' "$words/said" | head -n 1)
    [ -n "$alias" ] || fail "the key store $keystore contains no key. Make it anew: craq certs renew"
    ;;
esac
# Without a key store, a domain that speaks HTTPS goes on to do so, like other settings that are not named.
https=
case $keystore in
  kept) ! grep -q 'cert-nickname="craq"' "$config" 2>/dev/null || https=yes ;;
  ?*) https=yes ;;
esac
[ -n "$certificate" ] || ! grep -q 'name="craq\.tls\.certificate" value="[^"]' "$config" 2>/dev/null || certificate=yes
[ "$certificate" != yes ] || [ -n "$https" ] ||
  fail "a server with craq.tls.certificate is reached by HTTPS only. Name its key store, craq.https.keystore=.../node.p12," \
    "or take its certificate away: craq.tls.certificate= craq.tls.key= craq.tls.ca="
made_up=
if [ -n "${AS_ADMIN_PASSWORDFILE:-}" ]; then
  grep -q '^AS_ADMIN_PASSWORD=.' "$AS_ADMIN_PASSWORDFILE" ||
    fail "$AS_ADMIN_PASSWORDFILE has no line AS_ADMIN_PASSWORD=... Without a password, every user of this machine could deploy."
  cat "$AS_ADMIN_PASSWORDFILE" >"$secret"
elif [ -f "$kept" ]; then
  cat "$kept" >"$secret"
else
  made_up=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  printf 'AS_ADMIN_PASSWORD=%s\n' "$made_up" >"$secret"
fi
printf '\nAS_ADMIN_ALIASPASSWORD=%s\n' "$CRAQ_DB_PASSWORD" >>"$secret"

# A domain remembers the password file that it was started with, and cannot be restarted once that is gone. So it is not started
# with the temporary one, but with the user's own, which may hold the master password, or with none.
lasting=
[ -z "${AS_ADMIN_PASSWORDFILE:-}" ] ||
  lasting=$(cd "$(dirname "$AS_ADMIN_PASSWORDFILE")" && pwd)/$(basename "$AS_ADMIN_PASSWORDFILE")

# If it stayed in the environment, each asadmin would read it in addition to the file named here.
unset AS_ADMIN_PASSWORDFILE
ask() { "$asadmin" --interactive=false --user admin --passwordfile "$secret" "$@"; }
start() { "$asadmin" --interactive=false --user admin ${lasting:+--passwordfile "$lasting"} start-domain "$domain" >/dev/null; }

is_new=
if [ ! -d "$folder" ]; then
  ask create-domain --checkports=false --portbase "$portbase" "$domain" >/dev/null
  # Done before the first start, as the domain would listen on all addresses until it is reconfigured.
  sed 's/<network-listener port=/<network-listener address="127.0.0.1" port=/; s/address="0\.0\.0\.0"/address="127.0.0.1"/g' \
    "$config" >"$config.new"
  mv "$config.new" "$config"
  is_new=yes
fi
chmod 700 "$folder"
port=$(sed -n 's/.*<network-listener .*name="admin-listener".*/&/p' "$config" | sed -n '1s/.* port="\([0-9]*\)".*/\1/p')
[ -n "$port" ] || fail "$config contains no port of the admin-listener."

run() { ask --port "$port" "$@"; }
# Runs the first command, and if it fails the second: one works if the thing exists, the other if it does not.
either() { eval "$1" >/dev/null 2>&1 || eval "$2" >/dev/null; }

ask list-domains | grep -q "^$domain running" || start
if [ -n "$made_up" ]; then
  # A domain created by an earlier prepare.sh has no password yet.
  [ -n "$is_new" ] || {
    change=$(mktemp)
    trap 'rm -rf "$secret" "$words" "$change"' EXIT
    printf 'AS_ADMIN_PASSWORD=\nAS_ADMIN_NEWPASSWORD=%s\n' "$made_up" >"$change"
    "$asadmin" --interactive=false --user admin --passwordfile "$change" --port "$port" change-admin-password >/dev/null 2>&1 ||
      fail "the administrator of the domain already has a password. Name the file that contains it in AS_ADMIN_PASSWORDFILE."
  }
  printf 'AS_ADMIN_PASSWORD=%s\n' "$made_up" >"$kept"
fi
name=$(basename "$archive")
name=${name%.*}
# Undeploy first: when the domain starts, it would deploy the application while the commands below change what it needs.
run undeploy "$name" >/dev/null 2>&1 || :
run add-library "$driver" >/dev/null

either 'run update-password-alias craq-db' 'run create-password-alias craq-db'

[ -z "$settings" ] || run create-system-properties "$settings" >/dev/null
for each in $dropped; do
  ! grep -q "<system-property .*name=\"$each\"" "$config" || run delete-system-property "$each" >/dev/null
done

# Listen on this machine only, allow uploads of any duration as long as they make progress, and allow encoded slashes in file names.
# Limit the head of a request to 64 KiB and connections to 1000, and use 64 threads in place of Payara's 5.
# Speak HTTP/1.1 only: when a connection changes to HTTP/2, the body of its first request may get lost.
# Close a connection whose client still has more than 64 KiB to send when CRAQ no longer waits for it.
server=configs.config.server-config
protocols=$server.network-config.protocols.protocol
listeners=$server.network-config.network-listeners.network-listener
for each in http-listener-1 http-listener-2; do
  http=$protocols.$each.http
  run set \
    $listeners.$each.address=127.0.0.1 \
    $http.header-buffer-length-bytes=65536 \
    $http.http2-enabled=false \
    $http.max-swallowing-input-bytes=65536 \
    $http.xpowered-by=false \
    $http.max-post-size-bytes=-1 \
    $http.request-timeout-seconds=-1 \
    $http.encoded-slash-enabled=true >/dev/null
done
run set \
  $listeners.admin-listener.address=127.0.0.1 \
  $server.iiop-service.iiop-listener.orb-listener-1.address=127.0.0.1 \
  $server.admin-service.jmx-connector.system.enabled=false \
  $server.jms-service.type=DISABLED \
  $server.network-config.transports.transport.tcp.max-connections-count=1000 \
  $server.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size=64 >/dev/null

# The key goes into the domain's own key store, under the name craq. Payara wants it to have the domain's master password.
import_key() {
  own=$folder/config/keystore.p12
  [ -f "$own" ] || own=$folder/config/keystore.jks
  master=$(sed -n 's/^AS_ADMIN_MASTERPASSWORD=//p' "$secret")
  printf '%s' "${master:-changeit}" >"$words/domain"
  "$keytool" -importkeystore -noprompt -srckeystore "$keystore" -srcstorepass:file "$words/given" -srcalias "$alias" \
    -destkeystore "$own" -deststorepass:file "$words/domain" -destkeypass:file "$words/domain" -destalias craq >"$words/said" 2>&1 ||
    fail "the key can't be taken over: $(cat "$words/said")"
}

# HTTPS in place of HTTP, or the other way round: TLS 1.3, and 1.2 for older clients, only with forward secrecy and authenticated
# encryption. A session may be resumed for five minutes.
if [ -n "$https" ]; then
  [ "$keystore" = kept ] || import_key
  tls=$protocols.http-listener-2.ssl
  ciphers=+TLS_AES_256_GCM_SHA384,+TLS_CHACHA20_POLY1305_SHA256,+TLS_AES_128_GCM_SHA256
  ciphers=$ciphers,+TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,+TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  ciphers=$ciphers,+TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,+TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  run set $tls.cert-nickname=craq $tls.tls12-enabled=true $tls.tls13-enabled=true \
    "$tls.ssl3-tls-ciphers=$ciphers" $tls.tls-session-timeout=300 $tls.tls-session-cache-size=1000 \
    $listeners.http-listener-2.enabled=true $listeners.http-listener-1.enabled=false >/dev/null
  # No renegotiation, which lets a client make the server work, and no session tickets, whose keys outlive a certificate.
  for option in -Djdk.tls.rejectClientInitiatedRenegotiation=true -Djdk.tls.server.enableSessionTicketExtension=false; do
    run list-jvm-options | grep -qxF -e "$option" || run create-jvm-options "$option" >/dev/null
  done
else
  run set $protocols.http-listener-2.ssl.cert-nickname=s1as \
    $listeners.http-listener-2.enabled=false $listeners.http-listener-1.enabled=true >/dev/null
fi
# Payara's own clustering would find the other domains of the machine, and CRAQ does not need it.
run set-hazelcast-configuration --enabled=false >/dev/null
# Do not log a stack trace for each client that breaks off, and keep 50 old logs of 2 MB. Payara keeps all.
run set-log-levels 'org.glassfish.jersey.server.ServerRuntime$Responder=OFF' >/dev/null
run set-log-attributes com.sun.enterprise.server.logging.GFFileHandler.maxHistoryFiles=50 >/dev/null
# Not restart-domain, as the domain may have been started with a password file that is gone.
ask stop-domain "$domain" >/dev/null
start

run list-jdbc-connection-pools | grep -qx craq ||
  run create-jdbc-connection-pool --restype javax.sql.DataSource \
    --datasourceclassname org.postgresql.ds.PGSimpleDataSource \
    --steadypoolsize 2 --maxpoolsize 20 --maxwait 5000 --isconnectvalidatereq=true \
    --validationmethod custom-validation \
    --validationclassname org.glassfish.api.jdbc.validation.PostgresConnectionValidation craq >/dev/null
pool=resources.jdbc-connection-pool.craq
run set "$pool.property.url=$url" "$pool.property.user=$user" "$pool.property.password=\${ALIAS=craq-db}" \
  "$pool.property.loginTimeout=5" "$pool.property.socketTimeout=30" "$pool.property.tcpKeepAlive=true" \
  $pool.statement-cache-size=64 >/dev/null
run list-jdbc-resources | grep -qx jdbc/craq ||
  run create-jdbc-resource --connectionpoolid craq jdbc/craq >/dev/null
run ping-connection-pool craq >/dev/null ||
  fail "the database does not answer at $url as user $user. Correct craq.db.url, craq.db.user or CRAQ_DB_PASSWORD."

run deploy --name "$name" "$archive" >/dev/null
printf 'prepare.sh: %s has been deployed in domain %s; console http://127.0.0.1:%s, user admin; log %s\n' \
  "$name" "$domain" "$port" "$folder/logs/server.log"
[ ! -f "$kept" ] || printf 'prepare.sh: the administrator'"'"'s password is in %s\n' "$kept"
