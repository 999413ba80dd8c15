#!/bin/sh
# Prepares a Payara 6 domain for one of CRAQ's archives and deploys it there. May be run again, to change settings or to deploy anew.
set -eu

usage() {
  cat >&2 <<'TEXT'
Usage: prepare.sh PAYARA DOMAIN PORTBASE DRIVER ARCHIVE [NAME=VALUE]...
  PAYARA    directory of an unpacked Payara 6: the one with bin/asadmin
  DOMAIN    name of the domain; it is created if it is not there
  PORTBASE  of a domain that is created: HTTP gets this number + 80, the server's console + 48
  DRIVER    PostgreSQL's JDBC driver (jar)
  ARCHIVE   craq-manager-war.war, craq-node-war.war or craq-ear.ear
  NAME      a setting of CRAQ, for example craq.node.id; craq.db.url and craq.db.user name the database
The database's password is taken from the environment variable CRAQ_DB_PASSWORD. If the domain has an administrator's
password, name the file that holds it in AS_ADMIN_PASSWORDFILE.
TEXT
  exit 2
}

fail() { printf 'prepare.sh: %s\n' "$*" >&2; exit 1; }

[ $# -ge 5 ] || usage
payara=$1 domain=$2 portbase=$3 driver=$4 archive=$5
shift 5
asadmin=$payara/bin/asadmin
[ -x "$asadmin" ] || fail "there is no bin/asadmin in $payara. Name the directory that Payara was unpacked to."
[ -f "$driver" ] || fail "there is no driver $driver."
[ -f "$archive" ] || fail "there is no archive $archive. Build it first: mvn -DskipTests package"
[ -n "${CRAQ_DB_PASSWORD:-}" ] || fail "the database's password is missing. Set CRAQ_DB_PASSWORD."
case $portbase in
  '' | *[!0-9]*) fail "PORTBASE is '$portbase', but must be a number, for example 8000." ;;
esac
[ "$portbase" -ge 1024 ] && [ "$portbase" -le 65000 ] || fail "PORTBASE is $portbase, but must be from 1024 to 65000."

url='jdbc:postgresql://127.0.0.1:5432/craq?reWriteBatchedInserts=true'
user=craq
settings=
for setting in "$@"; do
  case $setting in
    craq.db.url=*) url=${setting#*=} ;;
    craq.db.user=*) user=${setting#*=} ;;
    craq.db.password=*) fail "a password does not belong into a command line. Set CRAQ_DB_PASSWORD instead." ;;
    craq.*=*)
      # asadmin separates settings by colons; those within a value are escaped.
      escaped=$(printf '%s' "$setting" | sed 's/[\\:]/\\&/g')
      settings=${settings:+$settings:}$escaped
      ;;
    *) fail "'$setting' is no setting. They look like craq.node.id=n1" ;;
  esac
done

[ -d "$payara/glassfish/domains/$domain" ] ||
  "$asadmin" create-domain --nopassword=true --checkports=false --portbase "$portbase" "$domain" >/dev/null
config=$payara/glassfish/domains/$domain/config/domain.xml
port=$(sed -n 's/.*<network-listener .*name="admin-listener".*/&/p' "$config" | sed -n '1s/.* port="\([0-9]*\)".*/\1/p')
[ -n "$port" ] || fail "$config names no port of the admin-listener."

ask() { "$asadmin" --interactive=false --port "$port" "$@"; }
# Of two commands the first one that is possible: whether a thing is there already decides.
either() { eval "$1" >/dev/null 2>&1 || eval "$2" >/dev/null; }

ask uptime >/dev/null 2>&1 || "$asadmin" start-domain "$domain" >/dev/null
name=$(basename "$archive")
name=${name%.*}
# The domain's start would deploy what is there while the commands below change what it needs.
ask undeploy "$name" >/dev/null 2>&1 || :
ask add-library "$driver" >/dev/null

secret=$(mktemp)
trap 'rm -f "$secret"' EXIT
printf 'AS_ADMIN_ALIASPASSWORD=%s\n' "$CRAQ_DB_PASSWORD" >"$secret"
[ -z "${AS_ADMIN_PASSWORDFILE:-}" ] || cat "$AS_ADMIN_PASSWORDFILE" >>"$secret"
either 'ask --passwordfile "$secret" update-password-alias craq-db' \
  'ask --passwordfile "$secret" create-password-alias craq-db'

[ -z "$settings" ] || ask create-system-properties "$settings" >/dev/null

# Nothing listens beyond this machine, uploads may take as long as they make progress, and file names may hold an encoded slash.
server=configs.config.server-config
ask set \
  $server.network-config.network-listeners.network-listener.http-listener-1.address=127.0.0.1 \
  $server.network-config.network-listeners.network-listener.http-listener-2.enabled=false \
  $server.network-config.network-listeners.network-listener.admin-listener.address=127.0.0.1 \
  $server.iiop-service.iiop-listener.orb-listener-1.address=127.0.0.1 \
  $server.admin-service.jmx-connector.system.enabled=false \
  $server.jms-service.type=DISABLED \
  $server.network-config.protocols.protocol.http-listener-1.http.max-post-size-bytes=-1 \
  $server.network-config.protocols.protocol.http-listener-1.http.request-timeout-seconds=-1 \
  $server.network-config.protocols.protocol.http-listener-1.http.encoded-slash-enabled=true >/dev/null
# Payara's own clustering would find the other domains of the machine; CRAQ has no use for it.
ask set-hazelcast-configuration --enabled=false >/dev/null
"$asadmin" restart-domain "$domain" >/dev/null

ask list-jdbc-connection-pools | grep -qx craq ||
  ask create-jdbc-connection-pool --restype javax.sql.DataSource \
    --datasourceclassname org.postgresql.ds.PGSimpleDataSource \
    --steadypoolsize 2 --maxpoolsize 20 --maxwait 5000 --isconnectvalidatereq=true \
    --validationmethod custom-validation \
    --validationclassname org.glassfish.api.jdbc.validation.PostgresConnectionValidation craq >/dev/null
pool=resources.jdbc-connection-pool.craq
ask set "$pool.property.url=$url" "$pool.property.user=$user" "$pool.property.password=\${ALIAS=craq-db}" \
  "$pool.property.loginTimeout=5" "$pool.property.socketTimeout=30" "$pool.property.tcpKeepAlive=true" \
  $pool.statement-cache-size=64 >/dev/null
ask list-jdbc-resources | grep -qx jdbc/craq ||
  ask create-jdbc-resource --connectionpoolid craq jdbc/craq >/dev/null
ask ping-connection-pool craq >/dev/null ||
  fail "the database does not answer at $url as user $user. Correct craq.db.url, craq.db.user or CRAQ_DB_PASSWORD."

ask deploy --name "$name" "$archive" >/dev/null
printf 'prepare.sh: %s is deployed in domain %s; console http://127.0.0.1:%s, log %s\n' \
  "$name" "$domain" "$port" "$payara/glassfish/domains/$domain/logs/server.log"
