package org.craq.core.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What kind of run it is.
 *
 * @param spares nodes beyond the chain's length
 * @param slowDisks a force takes as long as many messages
 * @param faults what goes wrong; nothing for a calm run
 * @param flaws how the protocol is driven wrongly on purpose
 */
record Settings(
        int chainLength, int spares, int clients, int files, boolean slowDisks, Set<Fault> faults, Set<Flaw> flaws) {
    /** What can go wrong. */
    enum Fault {
        STREAM_LOSS,
        CRASH,
        CRASH_OF_ALL,
        PAUSE,
        NEIGHBOUR_CUT,
        MANAGER_CUT,
        LEAVE
    }

    Settings {
        faults = Set.copyOf(faults);
        flaws = Set.copyOf(flaws);
    }

    /** A run of any kind, as the seed has it: one in four is calm. */
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
                chance.between(2, 6),
                chance.between(1, 4),
                chance.oneIn(3),
                faults,
                Set.of());
    }

    Settings with(Flaw flaw) {
        return new Settings(chainLength, spares, clients, files, slowDisks, faults, Set.of(flaw));
    }

    boolean streamsBreak() {
        return faults.contains(Fault.STREAM_LOSS);
    }
}
