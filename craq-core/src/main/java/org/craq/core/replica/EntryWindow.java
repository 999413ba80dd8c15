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
 * The upper end of a log, in memory: every entry above the floor, found by seq, by file and by write id. What lies at or
 * below the floor is in the database.
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

    /** Empty at or below the floor. */
    Optional<Entry> get(Seq seq) {
        return Optional.ofNullable(entries.get(seq));
    }

    Optional<Entry> newest(FileName name) {
        return Optional.ofNullable(byFile.get(name)).map(Deque::peekLast);
    }

    /** How many entries above a mark concern the file. */
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

    /** True if no entry above this place has the write id, as far as is known here without the database. */
    boolean isNewAbove(Seq place, WriteId id) {
        return !released.floor().isAfter(place) && !released.holds(id) && !byWriteId.containsKey(id);
    }

    /** Lets go of everything up to here, which the database holds. */
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

    /** Drops what lies above. */
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
