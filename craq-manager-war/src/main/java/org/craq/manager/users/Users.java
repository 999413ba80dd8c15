package org.craq.manager.users;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.craq.core.chain.NodeId;
import org.craq.manager.leadership.Leadership;
import org.craq.manager.store.LeaderStore;
import org.craq.manager.store.UserStore;
import org.craq.security.AccessKey;
import org.craq.security.Action;
import org.craq.security.Grant;
import org.craq.security.Grants;
import org.craq.security.Rights;
import org.craq.security.Role;
import org.craq.security.User;
import org.craq.security.UserRecords;
import org.craq.security.UserRecords.KeyRecord;
import org.craq.security.UserRecords.UserRecord;
import org.craq.server.access.Access;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * All users of the cluster while this manager leads. Every change is one transaction under the leader's term, and is
 * answered only after the leases that follow require it. Thread-safe; changes are made one at a time.
 */
public final class Users implements Access.KnownRights {
    private static final Logger LOG = System.getLogger(Users.class.getName());
    /** Tokens may be valid for a week, and a signer signs for a day. */
    private static final Duration SIGNER_KEPT = Duration.ofDays(9);
    /** Nodes receive all rights in one message of at most 4 MiB. */
    private static final int MOST_BYTES = 3 << 20;

    private static final long STANDBY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_GRANTS = 1000;
    /** The head looks through all of them for each write. */
    private static final int MOST_QUOTAS = 1000;

    private static final long HELD_POLL_MILLIS = 10;
    private static final int BYTES_OF_USER = 100;
    private static final int BYTES_OF_KEY = 200;
    static final String FIRST = "admin";

    private final String cluster;
    private final Leadership leadership;
    private final UserStore store;
    private final LeaderStore leaderStore;
    private final TokenIssuer issuer;
    private final Optional<NameAndHash> firstKey;
    private final Consumer<String> onFirstKey;
    private final Duration lease;
    private volatile Optional<Known> known = Optional.empty();
    /** The version that each node went by at its last heartbeat. */
    private final Map<NodeId, Held> held = new ConcurrentHashMap<>();

    private volatile Optional<Read> lastRead = Optional.empty();

    private record Known(UserRecords records, Rights rights) {}

    private record Held(long version, long atNanos) {}

    private record Read(Rights rights, long atNanos) {}

    /**
     * An access key of which the manager knows no more than this.
     *
     * @param secretHash as {@link AccessKey#hash} returns it
     */
    public record NameAndHash(String id, String secretHash) {}

    /**
     * Creates it; {@link #begin} reads the database.
     *
     * @param lease how long a node may act by the rights of its last heartbeat
     * @param firstKey a key for the user {@value #FIRST}, which is added at the beginning of a term if its id is new
     * @param onFirstKey gets to know in words that it was added
     */
    public Users(
            String cluster,
            Leadership leadership,
            UserStore store,
            LeaderStore leaderStore,
            TokenIssuer issuer,
            Duration lease,
            Optional<NameAndHash> firstKey,
            Consumer<String> onFirstKey) {
        this.onFirstKey = onFirstKey;
        this.lease = lease;
        this.cluster = cluster;
        this.leadership = leadership;
        this.store = store;
        this.leaderStore = leaderStore;
        this.issuer = issuer;
        this.firstKey = firstKey;
    }

    /** Reads the database at the beginning of a term, and announces with which key this manager signs tokens. */
    public synchronized void begin(UUID term) {
        UserRecords read = store.read();
        UserRecords administered = withFirstKey(read);
        UserRecords next = administered.with(issuer.newSigner(now()));
        record(term, read, next.cleaned(now(), now().minus(SIGNER_KEPT)));
        if (!administered.equals(read)) {
            onFirstKey.accept("user " + FIRST + " has all rights and access key "
                    + firstKey.map(NameAndHash::id).orElse(""));
        }
    }

    /** Forgets everything, because another manager leads now. */
    public void end() {
        known = Optional.empty();
        held.clear();
    }

    /** Changes the key with which tokens are signed, if it is time for it. */
    public void renewSigner() {
        if (known.isPresent() && issuer.isDue(now())) {
            change("a new key for signing tokens", records -> records.with(issuer.newSigner(now()))
                    .cleaned(now(), now().minus(SIGNER_KEPT)));
        }
    }

    private UserRecords withFirstKey(UserRecords records) {
        if (firstKey.isEmpty() || records.keys().containsKey(firstKey.get().id())) {
            if (records.users().isEmpty() && firstKey.isEmpty()) {
                LOG.log(
                        Level.WARNING,
                        "there are no users yet, so nobody can do anything; for a first administrator set"
                                + " craq.admin.key.file, as docs/SECURITY.md says, and restart the manager");
            }
            return records;
        }
        Grants everything = Grants.of(List.of(new Grant(Role.ADMIN, "")));
        UserRecord before = records.users().get(FIRST);
        UserRecord admin = new UserRecord(
                new User(FIRST, true, before == null ? now() : before.user().tokensFrom(), everything),
                before == null ? Optional.empty() : before.password(),
                before == null ? now() : before.created());
        AccessKey key = new AccessKey(
                firstKey.get().id(), FIRST, firstKey.get().secretHash(), Optional.empty(), Optional.empty());
        LOG.log(Level.INFO, "user {0} is an administrator with access key {1}", FIRST, key.id());
        return records.with(admin).with(new KeyRecord(key, false, now()));
    }

    /** Returns the version that leases require; 0 until the database has been read. */
    public long version() {
        return known.map(each -> each.records().version()).orElse(0L);
    }

    /**
     * Returns what servers need to decide. A standby reads it from the database, at most once a second.
     *
     * @throws CraqException MANAGER_UNAVAILABLE until the database has been read
     */
    @Override
    public Rights rights() {
        return leadership.held() ? known().rights() : standby();
    }

    private Rights standby() {
        Optional<Read> last = lastRead;
        long now = System.nanoTime();
        if (last.isPresent() && now - last.get().atNanos() < STANDBY_NANOS) {
            return last.get().rights();
        }
        try {
            Rights rights = store.read().rights(cluster);
            lastRead = Optional.of(new Read(rights, now));
            return rights;
        } catch (RuntimeException e) {
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE, "the manager can't read from its database who may do what", e);
        }
    }

    /** A leader makes every change itself, and a standby answers with nothing but its own state. */
    @Override
    public void requireCurrent(Action action) {}

    /**
     * Returns all users.
     *
     * @throws CraqException MANAGER_UNAVAILABLE until the database has been read
     */
    public UserRecords records() {
        return known().records();
    }

    /**
     * Returns a user.
     *
     * @throws CraqException NOT_FOUND if there is none of that name
     */
    public UserRecord user(String name) {
        return Optional.ofNullable(records().users().get(name))
                .orElseThrow(() -> new CraqException(ErrorCode.NOT_FOUND, "there is no user " + name));
    }

    /** Returns the name of a user who exists, or an empty text: what is no user's name may be a mistyped secret. */
    public String existing(String name) {
        return records().users().containsKey(name) ? name : "";
    }

    private Known known() {
        leadership.require();
        return known.orElseThrow(() -> new CraqException(
                ErrorCode.MANAGER_UNAVAILABLE, "the manager has just become the leader and is reading its database"));
    }

    /** Makes a change like {@link #change}, and returns once it holds on all nodes that are heard of. */
    public UserRecords changeEverywhere(String what, UnaryOperator<UserRecords> change) {
        UserRecords after = change(what, change);
        awaitHeld(after.version(), lease);
        return after;
    }

    /**
     * Makes a change.
     *
     * @param what in words, for the log
     * @param change returns the records as they are to be, of the next version; the same ones if there is nothing to do
     * @throws CraqException what the change throws; CHANGE_REFUSED if there would be too much; DATABASE_UNAVAILABLE if
     *     it is not known whether it was recorded; MANAGER_UNAVAILABLE
     */
    public synchronized UserRecords change(String what, UnaryOperator<UserRecords> change) {
        UserRecords before = known().records();
        UserRecords wanted = change.apply(before);
        if (wanted.version() == before.version()) {
            return before;
        }
        // A change of several steps is one version.
        UserRecords after = wanted.version(before.version() + 1);
        refuseTooMuch(after);
        UUID term = leadership
                .term()
                .orElseThrow(() -> new CraqException(ErrorCode.MANAGER_UNAVAILABLE, "another manager leads now"));
        record(term, before, after);
        LOG.log(Level.INFO, "rights of version {0}: {1}", Long.toString(after.version()), what);
        return after;
    }

    /** A node has reported by which version it goes. */
    public void held(NodeId node, long version) {
        held.put(node, new Held(version, System.nanoTime()));
    }

    /**
     * Waits until all nodes that have been heard of recently go by a version. One that is not heard of loses its lease
     * within the same time, so there is no need to wait longer than a lease.
     */
    public void awaitHeld(long version, Duration lease) {
        long end = System.nanoTime() + lease.toNanos();
        while (System.nanoTime() - end < 0 && isAwaited(version, lease)) {
            try {
                Thread.sleep(HELD_POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isAwaited(long version, Duration lease) {
        long now = System.nanoTime();
        return held.values().stream()
                .anyMatch(node -> node.version() < version && now - node.atNanos() < lease.toNanos());
    }

    private void record(UUID term, UserRecords before, UserRecords next) {
        UserRecords after = next.version(before.version() + 1);
        boolean recorded;
        try {
            recorded = leaderStore.replace(term, before, after);
        } catch (Exception e) {
            // A failed commit also throws undeclared checked exceptions. It may have been recorded, so leases require
            // what is read next.
            readAgain();
            throw new CraqException(
                    ErrorCode.DATABASE_UNAVAILABLE, "it is unknown whether the change was recorded; repeat it", e);
        }
        if (!recorded) {
            readAgain();
            throw new CraqException(
                    ErrorCode.MANAGER_UNAVAILABLE,
                    "users were changed in the meantime; look again and repeat the request");
        }
        adopt(after);
    }

    /** Leases go on to require the version known here at least; a change of unknown outcome was not answered. */
    private void readAgain() {
        try {
            adopt(store.read());
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "users can't be read now; the next change is refused until they are", e);
        }
    }

    private void adopt(UserRecords records) {
        known = Optional.of(new Known(records, records.rights(cluster)));
    }

    private static void refuseTooMuch(UserRecords records) {
        long bytes = 0;
        for (UserRecord record : records.users().values()) {
            bytes += BYTES_OF_USER + bytes(record.user().grants());
        }
        for (KeyRecord record : records.keys().values()) {
            if (!record.deleted()) {
                bytes += BYTES_OF_KEY + record.key().limits().map(Users::bytes).orElse(0L);
            }
        }
        bytes += (long) BYTES_OF_USER
                * (records.revoked().size() + records.signers().size());
        if (records.quotas().size() > MOST_QUOTAS) {
            throw new CraqException(ErrorCode.CHANGE_REFUSED, "there may be at most " + MOST_QUOTAS + " quotas");
        }
        bytes += records.quotas().keySet().stream()
                .mapToLong(prefix -> BYTES_OF_USER + prefix.getBytes(StandardCharsets.UTF_8).length)
                .sum();
        if (bytes > MOST_BYTES) {
            throw new CraqException(
                    ErrorCode.CHANGE_REFUSED,
                    "users, keys, grants and quotas together may have about " + MOST_BYTES
                            + " bytes; delete keys and users that are no longer needed, or grant shorter prefixes");
        }
    }

    private static long bytes(Grants grants) {
        if (grants.all().size() > MOST_GRANTS) {
            throw new CraqException(ErrorCode.CHANGE_REFUSED, "a user may have at most " + MOST_GRANTS + " grants");
        }
        return grants.all().stream()
                .mapToLong(grant -> grant.toString().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** Returns the time as the database keeps it. */
    static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
