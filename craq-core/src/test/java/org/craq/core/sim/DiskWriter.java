package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;

/**
 * Performs the effects on the log on disk, in order and in batches: effects that arrive while a batch is in progress
 * form the next one. All content of a batch is gathered and forced, and then its entries are committed in one
 * transaction, which is retried until the database accepts it. A transaction in progress when the incarnation ends may
 * take effect, be lost, or take effect late.
 */
final class DiskWriter {
    private static final int LARGEST_BATCH = 16;

    private enum Phase {
        IDLE,
        GATHERING,
        FORCING,
        COMMITTING
    }

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Deque<Effect> waiting = new ArrayDeque<>();
    private List<Effect> batch = new ArrayList<>();
    private Phase phase = Phase.IDLE;
    private boolean ended;

    DiskWriter(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.Persist.class, this::persist)
                .on(Effect.Truncate.class, this::truncate)
                .on(Effect.Rebase.class, this::rebase);
    }

    private void rebase(Effect.Rebase rebase) {
        waiting.add(rebase);
        begin();
    }

    private void persist(Effect.Persist persist) {
        if (!world.flawedLoads()) {
            world.ledger().appended(persist.entry(), member.replica().forgotten());
        } else if (!persist.entry().operations().isEmpty()) {
            world.ledger().appended(persist.entry(), persist.entry().seq());
        }
        member.requests().placed(persist.entry());
        Contents.of(persist.entry()).stream().filter(disk::has).forEach(member.contents()::expect);
        if (world.has(Flaw.PERSISTED_TOO_EARLY)) {
            report(persist);
        }
        waiting.add(persist);
        member.passed(Step.RECEIVED);
        begin();
    }

    /** Stops waiting for entries that are dropped. */
    private void truncate(Effect.Truncate truncate) {
        drop(waiting, truncate.keep());
        if (phase == Phase.GATHERING) {
            drop(batch, truncate.keep());
        }
        waiting.add(truncate);
        gather();
        begin();
    }

    private void drop(Iterable<Effect> effects, Seq keep) {
        List<Effect> dropped = new ArrayList<>();
        effects.forEach(effect -> {
            if (effect instanceof Effect.Persist persist
                    && persist.entry().seq().isAfter(keep)) {
                dropped.add(persist);
                member.contents().unwant(persist);
            }
        });
        waiting.removeAll(dropped);
        batch.removeAll(dropped);
    }

    private void begin() {
        if (phase != Phase.IDLE || waiting.isEmpty() || ended) {
            return;
        }
        batch = new ArrayList<>();
        batch.add(waiting.remove());
        // A truncation has a transaction of its own.
        while (entry(batch.get(0)) && !waiting.isEmpty() && entry(waiting.peek()) && batch.size() < LARGEST_BATCH) {
            batch.add(waiting.remove());
        }
        phase = Phase.GATHERING;
        gather();
    }

    private static boolean entry(Effect effect) {
        return effect instanceof Effect.Persist;
    }

    // ---- content ----

    void contentArrived() {
        gather();
    }

    private void gather() {
        if (phase != Phase.GATHERING || ended) {
            return;
        }
        List<ContentId> missing = contents().stream()
                .filter(content -> !disk.has(content) && !disk.hasGivenUp(content))
                .filter(content -> !world.has(Flaw.DURABLE_WITHOUT_CONTENT))
                .toList();
        if (missing.isEmpty()) {
            phase = Phase.FORCING;
            if (!world.has(Flaw.UNDONE_BEFORE_FORCE)) {
                contents().forEach(member.contents()::expect);
            }
            member.passed(Step.STORED);
            member.after(latency(), this::force);
        } else {
            missing.forEach(member.contents()::want);
        }
    }

    private List<ContentId> contents() {
        return batch.stream()
                .filter(Effect.Persist.class::isInstance)
                .flatMap(effect -> Contents.of(((Effect.Persist) effect).entry()).stream())
                .toList();
    }

    private void force() {
        disk.force(contents().stream().filter(disk::has).toList());
        phase = Phase.COMMITTING;
        member.passed(Step.FORCED);
        member.after(latency() / 2, this::commit);
    }

    private long latency() {
        return world.settings().slowDisks()
                ? world.chance().between(VirtualTime.MILLI, 60 * VirtualTime.MILLI)
                : world.chance().delay(200 * VirtualTime.MICRO, 30 * VirtualTime.MILLI);
    }

    // ---- metadata ----

    private void commit() {
        boolean troubled = world.settings().has(Settings.Fault.DATABASE_ERRORS);
        if (member.databaseIsDead() || (troubled && world.chance().oneIn(8))) {
            member.after(latency(), this::commit);
            return;
        }
        land(batch);
        if (troubled && world.chance().oneIn(8)) {
            // It is committed, but the outcome is unknown: the same batch is retried.
            member.after(latency(), this::commit);
            return;
        }
        List<Effect> done = batch;
        phase = Phase.IDLE;
        member.passed(Step.COMMITTED);
        if (world.has(Flaw.FORCE_CREDITED_TO_LATER) && !waiting.isEmpty()) {
            reportLast(new ArrayList<>(waiting));
        } else {
            reportLast(done);
        }
        begin();
    }

    /** Executes one transaction, which takes effect only if this incarnation may still write. */
    private void land(List<Effect> effects) {
        if (!disk.isOf(member.incarnation()) && !world.has(Flaw.LATE_COMMIT_ACCEPTED)) {
            return;
        }
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist persist) {
                write(persist.entry());
            } else if (effect instanceof Effect.Truncate truncate && !world.has(Flaw.NOT_TRUNCATED)) {
                truncateOnDisk(truncate.keep());
            } else if (effect instanceof Effect.Rebase rebase) {
                disk.rebase(rebase.base());
            }
        }
    }

    private void truncateOnDisk(Seq keep) {
        if (waiting.peek() instanceof Effect.Rebase) {
            disk.clear();
        } else {
            disk.truncate(keep);
        }
    }

    private void write(Entry entry) {
        boolean recorded = disk.version(entry.seq()).equals(Optional.of(entry.version()));
        if (recorded || (world.has(Flaw.NOT_TRUNCATED) && !entry.seq().isAfter(disk.last()))) {
            return;
        }
        if (entry.seq().equals(disk.last().next()) && !entry.operations().isEmpty()) {
            world.ledger().follows(entry.version(), new Version(disk.lastEpoch(), disk.last()));
        }
        disk.append(entry);
    }

    private void reportLast(List<Effect> effects) {
        for (int i = effects.size() - 1; i >= 0; i--) {
            if (effects.get(i) instanceof Effect.Persist persist) {
                report(persist);
                return;
            }
        }
    }

    private void report(Effect.Persist persist) {
        Seq upTo = persist.entry().seq();
        member.after(0, () -> member.replica().persisted(persist.generation(), upTo));
    }

    void saveMark(Effect.Committed committed) {
        if (world.chance().oneIn(4)) {
            long late = world.chance().delay(VirtualTime.MILLI, 200 * VirtualTime.MILLI);
            member.after(late, () -> disk.saveCommit(committed.mark()));
        }
    }

    /** Ends this incarnation. */
    void end() {
        if (!ended && phase == Phase.COMMITTING) {
            List<Effect> underWay = batch;
            switch (world.chance().between(0, 2)) {
                case 0 -> land(underWay);
                case 1 -> world.time().after(world.chance().between(0, 500 * VirtualTime.MILLI), () -> land(underWay));
                default -> world.trace().note(member.node(), "loses a batch in epoch", epoch());
            }
        }
        ended = true;
    }

    private Epoch epoch() {
        return member.replica().report().epoch();
    }
}
