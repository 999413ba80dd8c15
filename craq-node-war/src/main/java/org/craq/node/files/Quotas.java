package org.craq.node.files;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.FileRecord;
import org.craq.security.Quota;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * What is kept under each prefix that has a quota, so that the head can refuse a write that would exceed it. Rules:
 * docs/design/quotas.md. Thread-safe.
 */
public final class Quotas {
    private static final Logger LOG = System.getLogger(Quotas.class.getName());
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration INTERVAL_WHEN_NEARLY_FULL = Duration.ofSeconds(10);
    /** A quota of which less than this part is free is nearly full. */
    private static final int NEARLY_FULL = 10;
    /** A count may take at most this part of the time. */
    private static final int REST = 20;
    /** Counts as above every mark: a write whose place is not known. */
    private static final Seq UNKNOWN = new Seq(Long.MAX_VALUE);

    private final Supplier<List<Quota>> quotas;
    private final Supplier<Position> position;
    private final Counter counter;
    private final Executor data;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();
    private final Map<String, Account> accounts = new HashMap<>();
    private final AtomicBoolean counting = new AtomicBoolean();

    /** Bytes and versions. */
    public record Amount(long bytes, long versions) {
        static final Amount NONE = new Amount(0, 0);

        Amount plus(Amount other) {
            return new Amount(bytes + other.bytes, versions + other.versions);
        }

        Amount minus(Amount other) {
            return new Amount(bytes - other.bytes, versions - other.versions);
        }
    }

    /**
     * Where this member is.
     *
     * @param heads whether it is the head
     */
    public record Position(Epoch epoch, boolean heads, Seq durable, Seq commit) {}

    /** Counts what the log refers to under a prefix, above one entry and up to another. Blocks. */
    @FunctionalInterface
    public interface Counter {
        Amount count(String prefix, Seq above, Seq upTo);
    }

    /**
     * How much of a quota is used.
     *
     * @param used empty until it has been counted
     */
    public record Usage(Quota quota, Optional<Amount> used) {}

    /**
     * Creates it without counts.
     *
     * @param quotas the present ones
     * @param data runs counts
     * @param nanoTime a monotonic clock
     */
    public Quotas(
            Supplier<List<Quota>> quotas,
            Supplier<Position> position,
            Counter counter,
            Executor data,
            LongSupplier nanoTime) {
        this.quotas = quotas;
        this.position = position;
        this.counter = counter;
        this.data = data;
        this.nanoTime = nanoTime;
    }

    /** Returns one that limits nothing. */
    public static Quotas none() {
        return new Quotas(
                List::of,
                () -> new Position(Epoch.NONE, false, Seq.NONE, Seq.NONE),
                (prefix, above, upTo) -> Amount.NONE,
                Runnable::run,
                System::nanoTime);
    }

    /** What this node knows of one prefix. Guarded by {@link #lock}. */
    private static final class Account {
        private final String prefix;
        private Quota quota;
        /** What has been counted up to {@link #countedUpTo}. */
        private Optional<Amount> counted = Optional.empty();

        private Seq countedUpTo = Seq.NONE;
        /** What lies above that mark, as far as this member has added it, or has found it when it became the head. */
        private Amount added = Amount.NONE;
        /** All entries up to this one are in {@link #counted} or {@link #added}. */
        private Seq includedUpTo = Seq.NONE;
        /** The epoch in which the account is up to date. */
        private Epoch epoch = Epoch.NONE;

        private Amount reserved = Amount.NONE;
        /** While a count is in progress: its mark, and what has been added above it. */
        private Optional<Seq> mark = Optional.empty();

        private Amount addedMeanwhile = Amount.NONE;
        private long nextNanos;

        Account(Quota quota) {
            this.prefix = quota.prefix();
            this.quota = quota;
        }

        Amount used() {
            return counted.orElse(Amount.NONE).plus(added).plus(reserved);
        }

        boolean upToDate(Position now) {
            return counted.isPresent() && epoch.equals(now.epoch());
        }

        void add(Seq seq, Amount amount) {
            if (seq.isAfter(includedUpTo)) {
                added = added.plus(amount);
                if (mark.filter(seq::isAfter).isPresent()) {
                    addedMeanwhile = addedMeanwhile.plus(amount);
                }
            }
        }

        void begin(Seq upTo) {
            mark = Optional.of(upTo);
            addedMeanwhile = Amount.NONE;
        }

        boolean nearlyFull() {
            return nearly(quota.bytes(), used().bytes()) || nearly(quota.versions(), used().versions());
        }

        private static boolean nearly(OptionalLong limit, long used) {
            return limit.isPresent() && limit.getAsLong() - used < limit.getAsLong() / NEARLY_FULL;
        }
    }

    /** A part of one or more quotas that a write in progress takes. Thread-safe. */
    public final class Claim {
        private final Map<Account, Amount> amounts = new HashMap<>();
        private final String name;
        private final BooleanSupplier written;
        private boolean free;

        private Claim(String name, BooleanSupplier written) {
            this.name = name;
            this.written = written;
        }

        /**
         * Takes bytes of one file, unless they have been written before. Calls must not overlap.
         *
         * @throws CraqException QUOTA_EXCEEDED, or NOT_SERVING while this node is counting; nothing is taken then
         */
        public void take(long bytes) {
            List<Quota> all = quotas.get();
            if (free || all.isEmpty()) {
                return;
            }
            try {
                Map<Account, Amount> more = new HashMap<>();
                synchronized (lock) {
                    accounts(all, name).forEach(account -> more.put(account, new Amount(bytes, 0)));
                    take(more);
                }
            } catch (CraqException e) {
                if (e.code() != ErrorCode.QUOTA_EXCEEDED || !written.getAsBoolean()) {
                    throw e;
                }
                free = true;
            }
        }

        private void take(Map<Account, Amount> more) {
            Position now = position.get();
            for (Map.Entry<Account, Amount> each : more.entrySet()) {
                if (!each.getKey().upToDate(now)) {
                    count();
                    throw new CraqException(
                            ErrorCode.NOT_SERVING,
                            "this node is still counting what is kept under '" + each.getKey().prefix
                                    + "', which has a quota; repeat the request");
                }
                require(each.getKey(), each.getValue());
            }
            more.forEach(this::reserve);
        }

        private void reserve(Account account, Amount more) {
            account.reserved = account.reserved.plus(more);
            amounts.merge(account, more, Amount::plus);
        }

        private void require(Account account, Amount more) {
            Amount sum = account.used().plus(more);
            if (more.bytes() > 0 && exceeds(account.quota.bytes(), sum.bytes())) {
                throw exceeded(account, sum.bytes() + " bytes", account.quota.bytes());
            }
            if (more.versions() > 0 && exceeds(account.quota.versions(), sum.versions())) {
                throw exceeded(account, sum.versions() + " versions", account.quota.versions());
            }
        }

        private static boolean exceeds(OptionalLong limit, long sum) {
            return limit.isPresent() && sum > limit.getAsLong();
        }

        private CraqException exceeded(Account account, String sum, OptionalLong limit) {
            return new CraqException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "with '" + name + "' there would be " + sum + " under '" + account.prefix + "', and its quota is "
                            + limit.orElseThrow()
                            + "; what was deleted or overwritten counts until retention has discarded it, and an"
                            + " administrator can change the quota (craq quota set)");
        }

        /** Ends the claim of a write that has ended. */
        public void settle(WriteOutcome outcome, Throwable failure) {
            if (outcome instanceof WriteOutcome.Written written) {
                keep(written.version().seq());
            } else if (failure != null || outcome instanceof WriteOutcome.Unknown) {
                keep(UNKNOWN);
            } else {
                release();
            }
        }

        private void keep(Seq seq) {
            synchronized (lock) {
                amounts.forEach((account, amount) -> account.add(seq, amount));
                release();
            }
        }

        /** Ends the claim of a write that has not taken place. Idempotent. */
        public void release() {
            synchronized (lock) {
                amounts.forEach((account, amount) -> account.reserved = account.reserved.minus(amount));
                amounts.clear();
            }
        }
    }

    /**
     * Opens a claim for the bytes of a file, without any yet.
     *
     * @param written tells whether an earlier attempt of the same write has been carried out, so that the client must get
     *     its receipt; asked before a refusal, and may block
     */
    Claim open(FileName name, BooleanSupplier written) {
        return new Claim(name.value(), written);
    }

    /**
     * Claims what a write brings apart from new contents, for which the upload has a claim of its own: versions, and
     * contents of files that lie elsewhere.
     *
     * @param sources versions whose contents the write uses
     * @throws CraqException QUOTA_EXCEEDED, or NOT_SERVING while this node is counting
     */
    Claim claim(Write write, Collection<FileRecord> sources) {
        List<Quota> all = quotas.get();
        if (all.isEmpty() || write.operations().isEmpty()) {
            return new Claim("", () -> false);
        }
        Claim claim = new Claim(write.operations().get(0).name().value(), () -> false);
        synchronized (lock) {
            Map<Account, Amount> more = new HashMap<>();
            Map<Account, Amount> deletions = new HashMap<>();
            for (Operation operation : write.operations()) {
                if (operation.name().own()) {
                    continue;
                }
                for (Account account : accounts(all, operation.name().value())) {
                    if (operation instanceof Operation.Put put) {
                        more.merge(account, new Amount(foreign(account, put, sources), 1), Amount::plus);
                    } else {
                        deletions.merge(account, new Amount(0, 1), Amount::plus);
                    }
                }
            }
            claim.take(more);
            deletions.forEach(claim::reserve);
        }
        return claim;
    }

    /** Returns the bytes that a version shares with sources of which none is under the prefix. */
    private static long foreign(Account account, Operation.Put put, Collection<FileRecord> sources) {
        if (sources.isEmpty()) {
            return 0;
        }
        Map<ContentId, Boolean> inside = new HashMap<>();
        sources.forEach(source -> source.body().ifPresent(body -> body.contents()
                .forEach(content -> inside.merge(
                        content.id(),
                        source.name().own()
                                || account.quota.counts(source.name().value()),
                        Boolean::logicalOr))));
        return put.body().contents().stream()
                .filter(content -> !inside.getOrDefault(content.id(), true))
                .mapToLong(Content::length)
                .sum();
    }

    /** Returns the accounts that a file counts for. */
    private List<Account> accounts(List<Quota> all, String name) {
        List<Account> found = new ArrayList<>();
        for (Quota quota : all) {
            if (quota.counts(name)) {
                found.add(account(quota));
            }
        }
        return found;
    }

    private Account account(Quota quota) {
        Account account = accounts.computeIfAbsent(quota.prefix(), prefix -> new Account(quota));
        account.quota = quota;
        return account;
    }

    /** Returns how much of each quota is used, as far as this member knows. */
    public List<Usage> usage() {
        List<Quota> all = quotas.get();
        synchronized (lock) {
            return all.stream()
                    .map(this::account)
                    .map(account -> new Usage(account.quota, account.counted.map(counted -> account.used())))
                    .toList();
        }
    }

    // ---- counting ----

    private void count() {
        if (counting.get()) {
            return;
        }
        data.execute(() -> {
            try {
                sweep();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "counting for quotas failed and will be repeated by the next sweep", e);
            }
        });
    }

    /**
     * Counts what is due. Blocks during database queries; returns at once if another thread is counting.
     *
     * @throws Exception the last failure, after all have been tried
     */
    public void sweep() throws Exception {
        if (!counting.compareAndSet(false, true)) {
            return;
        }
        Optional<Exception> failed = Optional.empty();
        try {
            for (Account account : known()) {
                try {
                    count(account);
                } catch (Exception e) {
                    // This also catches the checked exceptions of a commit, which are not declared.
                    failed = Optional.of(e);
                }
            }
        } finally {
            counting.set(false);
        }
        if (failed.isPresent()) {
            throw failed.get();
        }
    }

    private List<Account> known() {
        List<Quota> all = quotas.get();
        synchronized (lock) {
            accounts.keySet().removeIf(prefix -> all.stream()
                    .noneMatch(quota -> quota.prefix().equals(prefix)));
            return all.stream().map(this::account).toList();
        }
    }

    private void count(Account account) {
        Position now = position.get();
        if (!now.heads() || account.counted.isEmpty() || account.upToDate(now)) {
            countAll(account, now);
        }
        if (now.heads() && !account.upToDate(now)) {
            catchUp(account, position.get());
        }
    }

    private void countAll(Account account, Position now) {
        if (begin(account, now)) {
            long begun = nanoTime.getAsLong();
            Amount found = counter.count(account.prefix, Seq.NONE, now.commit());
            synchronized (lock) {
                account.counted = Optional.of(found);
                account.countedUpTo = now.commit();
                account.includedUpTo = now.commit();
                account.added = account.addedMeanwhile;
                account.mark = Optional.empty();
                long end = nanoTime.getAsLong();
                Duration rest = account.nearlyFull() ? INTERVAL_WHEN_NEARLY_FULL : INTERVAL;
                account.nextNanos = end + Math.max(rest.toNanos(), REST * (end - begun));
            }
        }
    }

    /** Begins a count of all, if it is due and possible. */
    private boolean begin(Account account, Position now) {
        synchronized (lock) {
            boolean due = account.counted.isEmpty() || nanoTime.getAsLong() - account.nextNanos >= 0;
            // Entries between the commit mark and those that are included already would be missing.
            if (!due || (account.epoch.equals(now.epoch()) && account.includedUpTo.isAfter(now.commit()))) {
                return false;
            }
            account.begin(now.commit());
            return true;
        }
    }

    /** Adds what the log of this member holds above the last count, now that it acts as the head in an epoch. */
    private void catchUp(Account account, Position now) {
        Seq from;
        synchronized (lock) {
            from = account.countedUpTo;
            account.begin(now.durable());
        }
        Amount above = counter.count(account.prefix, from, now.durable());
        synchronized (lock) {
            account.added = above.plus(account.addedMeanwhile);
            account.includedUpTo = now.durable();
            account.epoch = now.epoch();
            account.mark = Optional.empty();
        }
    }
}
