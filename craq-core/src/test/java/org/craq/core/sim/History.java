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

/** What the clients did and which answers they got, with start and end times. */
final class History {
    /** What a client knows about the outcome of a write. */
    enum Ending {
        WRITTEN,
        NOT_WRITTEN,
        /** Refused because its write id belongs to another write. */
        OTHER_REQUEST,
        UNKNOWN
    }

    /** A write with all its attempts; {@code end} is the end of time if it is not known to have ended. */
    record Put(Write write, long start, long end, Ending ending, Optional<Version> version) {}

    /** Files read at one moment between start and end; an empty value is a file that does not exist. */
    record Look(long start, long end, Map<FileName, Optional<Seen>> files) {}

    /**
     * Files as a weaker answer showed them: the entry that each is based on, tombstones included.
     *
     * @param session what the reader had seen before
     */
    record Glimpse(Optional<Version> session, ReadOutcome.At at, Map<FileName, Optional<Entry>> files) {}

    /** A version and the operation that wrote it. */
    record Seen(Version version, Operation.Put put) {}

    /** A failed condition: at one moment between start and end this was the file's newest version. */
    record Failed(long start, long end, Condition condition, Optional<Version> newest) {}

    private final List<Put> puts = new ArrayList<>();
    private final List<Look> looks = new ArrayList<>();
    private final List<Glimpse> glimpses = new ArrayList<>();
    private final List<Failed> failures = new ArrayList<>();
    private final Set<String> happened = new HashSet<>();

    /** Records that this kind of event happened, to find out whether runs cover everything. */
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
