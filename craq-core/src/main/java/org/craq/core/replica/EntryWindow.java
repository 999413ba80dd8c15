package org.craq.core.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;

/**
 * The upper end of a log, kept in memory: every entry above the floor, indexed by seq, by file and by write id. Entries
 * at or below the floor are in the database.
 */
final class EntryWindow {
    private final NavigableMap<Seq, Entry> entries = new TreeMap<>();
    private final Map<FileName, Deque<Entry>> byFile = new HashMap<>();
    private final Map<WriteId, Entry> byWriteId = new HashMap<>();
    private final RecentIds released;
    private Seq floor;

    EntryWindow(Seq floor) {
        this.floor = floor;
        this.released = new RecentIds(floor);
    }

    Seq floor() {
        return floor;
    }

    int size() {
        return entries.size();
    }

    void append(Entry entry) {
        entries.put(entry.seq(), entry);
        for (Operation operation : entry.operations()) {
            byFile.computeIfAbsent(operation.name(), name -> new ArrayDeque<>()).addLast(entry);
            byWriteId.put(operation.writeId(), entry);
        }
    }

    /** Returns the entry; empty at or below the floor. */
    Optional<Entry> get(Seq seq) {
        return Optional.ofNullable(entries.get(seq));
    }

    Optional<Entry> newest(FileName name) {
        return Optional.ofNullable(byFile.get(name)).map(Deque::peekLast);
    }

    /** Returns how many entries above the mark concern the file. */
    long versionsAbove(FileName name, Seq mark) {
        long versions = 0;
        Iterator<Entry> newestFirst =
                byFile.getOrDefault(name, new ArrayDeque<>()).descendingIterator();
        while (newestFirst.hasNext() && newestFirst.next().seq().isAfter(mark)) {
            versions++;
        }
        return versions;
    }

    Optional<Entry> written(WriteId id) {
        return Optional.ofNullable(byWriteId.get(id));
    }

    /** Returns true if memory alone shows that no entry above {@code place} has this write id. */
    boolean isNewAbove(Seq place, WriteId id) {
        return !released.floor().isAfter(place) && !released.holds(id) && !byWriteId.containsKey(id);
    }

    /** Releases all entries up to {@code upTo}, which the database holds. */
    void release(Seq upTo) {
        if (!upTo.isAfter(floor)) {
            return;
        }
        for (Entry entry : entries.headMap(upTo, true).values()) {
            forget(entry, true);
            released.add(entry);
        }
        entries.headMap(upTo, true).clear();
        floor = upTo;
    }

    /** Drops all entries above {@code keep}. */
    void truncate(Seq keep) {
        for (Entry entry : entries.tailMap(keep, false).descendingMap().values()) {
            forget(entry, false);
        }
        entries.tailMap(keep, false).clear();
        floor = Seq.min(floor, keep);
    }

    private void forget(Entry entry, boolean oldest) {
        for (Operation operation : entry.operations()) {
            Deque<Entry> ofFile = byFile.get(operation.name());
            if (oldest) {
                ofFile.removeFirst();
            } else {
                ofFile.removeLast();
            }
            if (ofFile.isEmpty()) {
                byFile.remove(operation.name());
            }
            byWriteId.remove(operation.writeId(), entry);
        }
    }
}
