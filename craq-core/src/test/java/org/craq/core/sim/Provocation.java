package org.craq.core.sim;

import java.util.EnumSet;
import java.util.Set;
import org.craq.core.sim.Settings.Fault;

/** Chooses settings that bring a flaw to light; where nothing is set the seed decides. */
final class Provocation {
    private Provocation() {}

    static Settings of(Settings drawn, Flaw flaw) {
        Settings settings = drawn.with(flaw);
        return switch (flaw) {
            case LEASE_NOT_CHECKED_AGAIN, LEASE_COUNTED_FROM_ANSWER, LEASE_NEVER_ENDS ->
                settings.with(Set.of(Fault.PAUSE, Fault.MANAGER_CUT)).sized(3, 0, 1);
            case LEASE_FOR_CONDEMNED ->
                settings.with(Set.of(Fault.PAUSE, Fault.MANAGER_CUT, Fault.DATABASE_LATE, Fault.DATABASE_CUT))
                        .sized(3, 0, 1);
            case CHAIN_WRITTEN_WITHOUT_FENCE, RIGHTS_CHANGED_WITHOUT_FENCE ->
                settings.with(Set.of(
                                Fault.PAUSE,
                                Fault.MANAGER_CUT,
                                Fault.MANAGER_PAUSE,
                                Fault.DATABASE_LATE,
                                Fault.DATABASE_CUT))
                        .sized(3, 0, 3);
            case COMPLETE_AT_COMMIT_MARK, COMPLETE_AT_OWN_TAIL, COMPLETE_ON_CONNECT ->
                settings.with(Set.of(Fault.CRASH, Fault.CRASH_OF_ALL, Fault.DISK_LOSS))
                        .sized(3, 1, 1)
                        .loaded(6, 2, true);
            case SECOND_PROMOTED_BEHIND_INCOMPLETE ->
                settings.with(EnumSet.of(Fault.CRASH, Fault.DISK_LOSS))
                        .sized(3, 2, 1)
                        .loaded(6, 2, true);
            case LATE_COMMIT_ACCEPTED, WRITE_ID_TAKEN_FOR_NEW ->
                settings.with(Set.of(Fault.CRASH, Fault.CRASH_AT_STEP))
                        .sized(1, 0, 1)
                        .loaded(6, 2, true);
            case COMMON_BY_LENGTH, NOT_TRUNCATED, REVIVED_BY_ANYONE ->
                settings.with(Set.of(Fault.CRASH, Fault.CRASH_OF_ALL, Fault.PAUSE, Fault.NEIGHBOUR_CUT))
                        .sized(3, 1, 1)
                        .loaded(6, 2, drawn.slowDisks());
            case RETENTION_COUNTS_DIRTY -> settings.keeping(1);
            case RETENTION_WITHOUT_MARK ->
                settings.with(Set.of(Fault.CRASH_OF_ALL, Fault.NEIGHBOUR_CUT))
                        .sized(3, 0, 1)
                        .loaded(6, 1, false)
                        .keeping(1);
            case REBASE_SKIPPED ->
                // Few writes to many files, so that deleted files stay deleted and the horizon comes to rest.
                settings.with(Set.of(Fault.CRASH))
                        .sized(3, 0, 1)
                        .loaded(1, 12, false)
                        .keeping(1);
            case TOMBSTONE_DROPPED_ABOVE_HORIZON, FORGOTTEN_WHILE_SENT ->
                settings.with(Set.of(Fault.CRASH, Fault.LEAVE))
                        .sized(3, 0, 1)
                        .loaded(6, 4, false)
                        .keeping(1);
            case COMMIT_MARK_TOLD_ONCE ->
                settings.with(Set.of(Fault.CRASH, Fault.STREAM_LOSS, Fault.NEIGHBOUR_CUT))
                        .sized(3, 0, 1)
                        .loaded(2, 1, true)
                        .keeping(1);
            case MISSING_TAKEN_FOR_GIVEN_UP, OUTRUN_READ_ANSWERED -> settings.keeping(1);
            case AGE_COUNTED_FROM_ANSWER ->
                settings.with(Set.of(Fault.PAUSE)).sized(3, 0, 1).loaded(6, 1, false);
            case AGE_NOT_CHECKED_AGAIN, LAG_WITHOUT_LEASE ->
                settings.with(Set.of(Fault.PAUSE, Fault.MANAGER_CUT, Fault.NEIGHBOUR_CUT))
                        .sized(3, 0, 1)
                        .loaded(6, 2, drawn.slowDisks());
            case REBIRTH_TRIED_ONCE ->
                settings.with(Set.of(Fault.PAUSE, Fault.MANAGER_CUT, Fault.NEIGHBOUR_CUT, Fault.DATABASE_ERRORS))
                        .sized(3, 0, 1)
                        .loaded(6, 2, drawn.slowDisks());
            default -> settings;
        };
    }

    /**
     * Returns text that must occur in the violation for a flaw, where any other violation would only be a side effect.
     */
    static String telltale(Flaw flaw) {
        return switch (flaw) {
            case RETENTION_WITHOUT_MARK -> "has pruned the content of";
            case REBASE_SKIPPED -> "back, which has been deleted";
            case SESSION_NOT_LOOKED_AT -> "a session that had seen";
            case AGE_COUNTED_FROM_ANSWER, AGE_NOT_CHECKED_AGAIN -> "to a read that must see everything older than";
            case EVENTUAL_SHOWS_DIRTY -> "with something uncommitted";
            case LAG_WITHOUT_LEASE -> "and misses";
            case COMMIT_MARK_OF_RECEIVED -> "the successor's message can't be true";
            case TAIL_ANSWERS_RECEIVED -> "the tail's answer can't be true";
            case REQUEST_NOT_LOOKED_AT, REQUEST_NOT_KEPT -> "was acknowledged for another write";
            case ATTEMPT_TAKEN_FOR_REQUEST -> "although no other write has it";
            default -> "";
        };
    }
}
