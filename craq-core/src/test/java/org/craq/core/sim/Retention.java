package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.replica.Effect;

/**
 * Discards what a member need not keep: the content of each file's old versions and, at or below the chain's horizon,
 * what is left of them and of deleted files. Forgetting takes many steps, between which the process may end; the next
 * incarnation continues.
 */
final class Retention {
    /** How long write ids are kept. */
    static final long WINDOW_MILLIS = 500;
    /**
     * How long a client may repeat a write: shorter than write ids are kept, by a lease and the difference between
     * clocks.
     */
    static final long CLIENTS_GIVE_UP = 150 * VirtualTime.MILLI;
    /** Maximum error of wall clocks. */
    static final long CLOCKS_DIFFER_MILLIS = 15;

    private static final long ROUND = 80 * VirtualTime.MILLI;
    /** Shorter than the time of a slow read from the choice of its version to its content. */
    private static final long GRACE = 10 * VirtualTime.MILLI;

    private record Mark(Seq seq, long reached) {}

    private final World world;
    private final SimMember member;
    private final Disk disk;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private Seq settled = Seq.NONE;

    Retention(World world, SimMember member, Disk disk) {
        this.world = world;
        this.member = member;
        this.disk = disk;
    }

    void start() {
        if (world.settings().retains()) {
            round();
        }
    }

    private void round() {
        member.after(ROUND, () -> {
            settle();
            Seq committed = ripe();
            Seq ripe = world.has(Flaw.RETENTION_COUNTS_DIRTY) ? disk.last() : committed;
            if (disk.isOf(member.incarnation())) {
                // In one transaction, as the next incarnation must know at least the mark on which this one acts.
                if (!world.has(Flaw.RETENTION_WITHOUT_MARK)) {
                    disk.saveCommit(committed);
                }
                world.names().forEach(name -> disk.giveUp(name, ripe, versions()));
            }
            round();
        });
    }

    private int versions() {
        return world.settings().versions();
    }

    // ---- old versions ----

    void committed(Seq mark) {
        marks.addLast(new Mark(mark, world.time().now()));
        if (world.has(Flaw.TOMBSTONE_DROPPED_ABOVE_HORIZON)) {
            Seq clean = Seq.min(mark, disk.last());
            world.names().forEach(name -> disk.forget(name, clean, Integer.MAX_VALUE));
        }
    }

    private Seq ripe() {
        Seq ripe = Seq.NONE;
        while (!marks.isEmpty() && world.time().now() - marks.getFirst().reached() > GRACE) {
            ripe = marks.removeFirst().seq();
        }
        return ripe;
    }

    // ---- the horizon ----

    private void settle() {
        long cutoff = member.wallClockMillis() - WINDOW_MILLIS;
        settled = Seq.max(settled, disk.olderThan(settled, cutoff));
        member.replica().settled(settled);
    }

    void forget(Effect.Forget forget) {
        long before =
                world.has(Flaw.FORGOTTEN_WHILE_SENT) ? world.chance().between(500, 1000) * VirtualTime.MILLI : pause();
        member.after(before, () -> {
            disk.declareForgotten(forget.upTo());
            forget(forget.upTo(), new ArrayList<>(world.names()));
        });
    }

    private void forget(Seq upTo, List<FileName> names) {
        if (names.isEmpty()) {
            member.replica().forgotten(upTo);
        } else {
            FileName next = names.remove(world.chance().between(0, names.size() - 1));
            disk.forget(next, upTo, versions());
            member.after(pause(), () -> forget(upTo, names));
        }
    }

    private long pause() {
        return world.chance().delay(VirtualTime.MILLI, 200 * VirtualTime.MILLI);
    }

    /** Forgets although the successor is being sent these very entries. */
    void forgetWhileSent(Seq from) {
        Seq horizon =
                Seq.min(member.replica().chain().map(chain -> chain.horizon()).orElse(Seq.NONE), disk.last());
        if (world.has(Flaw.FORGOTTEN_WHILE_SENT) && !from.isAfter(horizon)) {
            world.names().forEach(name -> disk.forget(name, horizon, versions()));
        }
    }
}
