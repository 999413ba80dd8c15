package org.craq.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;

/**
 * An omniscient observer's record of each entry that any member ever appended, and of the longest prefix of the log
 * that has been reported to any client.
 */
final class Ledger {
    private record Born(Entry entry, Optional<Version> before) {}

    private final Map<Version, Born> born = new HashMap<>();
    private final List<Version> told = new ArrayList<>();

    /**
     * Records that an entry was appended somewhere. The same version must be the same entry wherever it appears; at or
     * below the forgotten mark it may be what is left of it.
     */
    void appended(Entry entry, Seq forgotten) {
        Born known = born.putIfAbsent(entry.version(), new Born(entry, Optional.empty()));
        if (known != null && !known.entry().equals(entry) && !isRestOf(known.entry(), entry, forgotten)) {
            throw new Violation("version " + entry.version() + " denotes two different entries");
        }
    }

    private static boolean isRestOf(Entry whole, Entry rest, Seq forgotten) {
        return !rest.seq().isAfter(forgotten) && whole.operations().containsAll(rest.operations());
    }

    /** Returns true if the entry changes the file. */
    boolean touches(Version version, FileName name) {
        return Optional.ofNullable(born.get(version))
                .flatMap(known -> known.entry().on(name))
                .isPresent();
    }

    /** Returns every entry from the first to this one, including forgotten ones. */
    List<Entry> logUpTo(Version end) {
        Deque<Entry> log = new ArrayDeque<>();
        for (Version next = end; next.seq().isAfter(Seq.NONE); ) {
            Born known = born.get(next);
            log.addFirst(known.entry());
            next = known.before().orElseThrow();
        }
        return List.copyOf(log);
    }

    /** Records that an entry is on some disk; the same version must have the same log below it (LogMatching). */
    void follows(Version version, Version before) {
        Born known = born.get(version);
        if (known.before().isEmpty()) {
            born.put(version, new Born(known.entry(), Optional.of(before)));
        } else if (!known.before().get().equals(before)) {
            throw new Violation(
                    "version " + version + " follows " + known.before().get() + " and " + before);
        }
    }

    /** Records that a client has been told what the log holds up to the mark. */
    void told(NodeId by, Disk disk, Seq mark) {
        if (mark.isAfter(disk.last())) {
            throw new Violation(by + " reports " + mark + " but its disk ends at " + disk.last());
        }
        for (long seq = told.size() + 1L; seq <= mark.value(); seq++) {
            told.add(disk.version(new Seq(seq)).orElseThrow());
        }
        if (!toldOf(mark).equals(disk.version(mark))) {
            throw new Violation(by + " reports " + disk.version(mark) + " where clients have seen " + toldOf(mark));
        }
    }

    /** Returns the highest seq reported to any client. */
    Seq toldUpTo() {
        return new Seq(told.size());
    }

    Optional<Version> toldOf(Seq seq) {
        return seq.equals(Seq.NONE) || seq.value() > told.size()
                ? Optional.empty()
                : Optional.of(told.get((int) seq.value() - 1));
    }
}
