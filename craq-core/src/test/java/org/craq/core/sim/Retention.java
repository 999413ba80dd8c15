package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.replica.Effect;

/**
 * Lets go of what a life need not keep: of each file the content of old versions, and at or below the chain's horizon what is
 * left of them and of deleted files. Forgetting takes many steps, between which the process may end; the next life goes on.
 */
final class Retention {
    /** So long write ids are kept. */
    static final long WINDOW_MILLIS = 500;
    /** So long a client may repeat a write: shorter, by a lease and what clocks differ, than write ids are kept. */
    static final long CLIENTS_GIVE_UP = 150 * VirtualTime.MILLI;
    /** So far calendar clocks may be wrong. */
    static final long CLOCKS_DIFFER_MILLIS = 15;

    private static final long ROUND = 80 * VirtualTime.MILLI;
    /** Shorter than a slow read takes from the choice of its version to its content. */
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
                // In one transaction: the next life must know at least what this one acts on.
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

    /** Forgets without a thought for the successor that is being sent these very entries. */
    void forgetWhileSent(Seq from) {
        Seq horizon =
                Seq.min(member.replica().chain().map(chain -> chain.horizon()).orElse(Seq.NONE), disk.last());
        if (world.has(Flaw.FORGOTTEN_WHILE_SENT) && !from.isAfter(horizon)) {
            world.names().forEach(name -> disk.forget(name, horizon, versions()));
        }
    }
}
