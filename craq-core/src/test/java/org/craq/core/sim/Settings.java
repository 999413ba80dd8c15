package org.craq.core.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The parameters of a run.
 *
 * @param spares nodes beyond the chain's length
 * @param slowDisks whether a force takes as long as many messages
 * @param versions how many versions of each file are kept; 0 if nothing is ever pruned or forgotten
 * @param faults what goes wrong; empty for a calm run
 * @param flaws how the protocol is deliberately driven wrongly
 */
record Settings(
        int chainLength,
        int spares,
        int managers,
        int clients,
        int files,
        boolean slowDisks,
        int versions,
        Set<Fault> faults,
        Set<Flaw> flaws) {
    /** What can go wrong. */
    enum Fault {
        STREAM_LOSS,
        CRASH,
        CRASH_AT_STEP,
        CRASH_OF_ALL,
        DISK_LOSS,
        PAUSE,
        WALL_CLOCK_STEP,
        NEIGHBOUR_CUT,
        MANAGER_CUT,
        LEAVE,
        /**
         * A node's database is unavailable for a while; a batch fails, or its outcome is unknown, and it is retried.
         */
        DATABASE_ERRORS,
        MANAGER_CRASH,
        MANAGER_PAUSE,
        /** The connection between a manager and its database is cut. */
        DATABASE_CUT,
        /** A manager's statement takes effect long after its sender stopped waiting. */
        DATABASE_LATE
    }

    Settings {
        faults = Set.copyOf(faults);
        flaws = Set.copyOf(flaws);
    }

    /** Draws a run of any kind from the seed; one in four is calm. */
    static Settings drawn(Chance chance) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (!chance.oneIn(4)) {
            for (Fault fault : Fault.values()) {
                if (chance.oneIn(2)) {
                    faults.add(fault);
                }
            }
        }
        return new Settings(
                chance.any(List.of(1, 2, 3, 3, 3, 3, 5)),
                chance.any(List.of(0, 0, 1)),
                chance.any(List.of(1, 2, 2, 3)),
                chance.between(2, 6),
                chance.between(1, 4),
                chance.oneIn(3),
                chance.any(List.of(0, 1, 2, 3)),
                faults,
                Set.of());
    }

    /** Returns the settings of a run in which nothing goes wrong. */
    static Settings calm(int chainLength, int clients, int files) {
        return new Settings(chainLength, 0, 1, clients, files, false, 0, Set.of(), Set.of());
    }

    Settings with(Flaw flaw) {
        return new Settings(chainLength, spares, managers, clients, files, slowDisks, versions, faults, Set.of(flaw));
    }

    Settings with(Set<Fault> others) {
        return new Settings(chainLength, spares, managers, clients, files, slowDisks, versions, others, flaws);
    }

    Settings sized(int length, int spareNodes, int managerCount) {
        return new Settings(length, spareNodes, managerCount, clients, files, slowDisks, versions, faults, flaws);
    }

    Settings loaded(int clientCount, int fileCount, boolean slow) {
        return new Settings(chainLength, spares, managers, clientCount, fileCount, slow, versions, faults, flaws);
    }

    Settings keeping(int newest) {
        return new Settings(chainLength, spares, managers, clients, files, slowDisks, newest, faults, flaws);
    }

    /** Returns true if old versions are pruned and forgotten. */
    boolean retains() {
        return versions > 0;
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }
}
