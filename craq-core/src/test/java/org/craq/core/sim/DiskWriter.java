package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.craq.core.chain.Seq;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;

/**
 * Performs what concerns the log on disk, in order and in batches: what came while one batch was being forced is the next
 * one. When the life ends a batch under way lands whole or not at all.
 */
final class DiskWriter {
    private static final int LARGEST_BATCH = 16;

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Deque<Effect> waiting = new ArrayDeque<>();
    private List<Effect> underWay = List.of();
    private boolean ended;

    DiskWriter(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    void register(EffectHandlers handlers) {
        handlers.on(Effect.Persist.class, this::persist)
                .on(Effect.Truncate.class, this::enqueue)
                .on(Effect.Committed.class, this::saveMark);
    }

    private void persist(Effect.Persist persist) {
        world.ledger().appended(persist.entry());
        member.requests().placed(persist.entry());
        if (world.has(Flaw.PERSISTED_TOO_EARLY)) {
            report(persist);
        }
        enqueue(persist);
    }

    private void enqueue(Effect effect) {
        waiting.add(effect);
        if (underWay.isEmpty()) {
            begin();
        }
    }

    private void begin() {
        List<Effect> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < LARGEST_BATCH) {
            batch.add(waiting.remove());
        }
        underWay = batch;
        if (!batch.isEmpty()) {
            member.after(latency(), this::finish);
        }
    }

    private long latency() {
        return world.settings().slowDisks()
                ? world.chance().between(VirtualTime.MILLI, 60 * VirtualTime.MILLI)
                : world.chance().delay(200 * VirtualTime.MICRO, 30 * VirtualTime.MILLI);
    }

    private void finish() {
        List<Effect> batch = underWay;
        land();
        if (world.has(Flaw.FORCE_CREDITED_TO_LATER) && !waiting.isEmpty()) {
            reportLast(new ArrayList<>(waiting));
        } else {
            reportLast(batch);
        }
        begin();
    }

    private void land() {
        for (Effect effect : underWay) {
            if (effect instanceof Effect.Persist persist) {
                write(persist.entry());
            } else if (effect instanceof Effect.Truncate truncate && !world.has(Flaw.NOT_TRUNCATED)) {
                disk.truncate(truncate.keep());
            }
        }
        underWay = List.of();
    }

    private void write(Entry entry) {
        if (world.has(Flaw.NOT_TRUNCATED) && !entry.seq().isAfter(disk.last())) {
            return;
        }
        world.ledger().follows(entry.version(), new Version(disk.lastEpoch(), disk.last()));
        disk.append(entry);
    }

    private void reportLast(List<Effect> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            if (batch.get(i) instanceof Effect.Persist persist) {
                report(persist);
                return;
            }
        }
    }

    private void report(Effect.Persist persist) {
        Seq upTo = persist.entry().seq();
        member.after(0, () -> member.replica().persisted(persist.generation(), upTo));
    }

    private void saveMark(Effect.Committed committed) {
        if (world.chance().oneIn(4)) {
            long late = world.chance().delay(VirtualTime.MILLI, 200 * VirtualTime.MILLI);
            member.after(late, () -> disk.saveCommit(committed.mark()));
        }
    }

    void end() {
        if (!ended && world.chance().oneIn(2)) {
            land();
        }
        ended = true;
    }
}
