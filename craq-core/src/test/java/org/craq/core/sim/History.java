package org.craq.core.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Operation;
import org.craq.core.replica.ReadOutcome;
import org.craq.core.replica.Write;

/** What the clients did and what they were told, with the times at their side. */
final class History {
    /** What a client can know of a write in the end. */
    enum Ending {
        WRITTEN,
        NOT_WRITTEN,
        /** Refused, as its write id belongs to another write. */
        OTHER_REQUEST,
        UNKNOWN
    }

    /** A write with all its attempts; {@code end} is the end of time when it is not known to have ended. */
    record Put(Write write, long start, long end, Ending ending, Optional<Version> version) {}

    /** Files seen at one moment between start and end; an empty value is a file that does not exist. */
    record Look(long start, long end, Map<FileName, Optional<Seen>> files) {}

    /**
     * Files as a weaker answer showed them: the entry that each rests on, tombstones included.
     *
     * @param session what the reader had seen before
     */
    record Glimpse(Optional<Version> session, ReadOutcome.At at, Map<FileName, Optional<Entry>> files) {}

    /** A version with what was written by it. */
    record Seen(Version version, Operation.Put put) {}

    /** A failed condition: at one moment between start and end this was the file's newest version. */
    record Failed(long start, long end, Condition condition, Optional<Version> newest) {}

    private final List<Put> puts = new ArrayList<>();
    private final List<Look> looks = new ArrayList<>();
    private final List<Glimpse> glimpses = new ArrayList<>();
    private final List<Failed> failures = new ArrayList<>();
    private final Set<String> happened = new HashSet<>();

    /** Notes what kind of thing happened, for those who ask whether a run was worth anything. */
    void happened(String kind) {
        happened.add(kind);
    }

    Set<String> happened() {
        return happened;
    }

    void add(Put put) {
        puts.add(put);
    }

    void add(Look look) {
        looks.add(look);
    }

    void add(Glimpse glimpse) {
        glimpses.add(glimpse);
    }

    void add(Failed failed) {
        failures.add(failed);
    }

    List<Put> puts() {
        return puts;
    }

    List<Look> looks() {
        return looks;
    }

    List<Glimpse> glimpses() {
        return glimpses;
    }

    List<Failed> failures() {
        return failures;
    }
}
