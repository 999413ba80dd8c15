package org.craq.core.replica;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.craq.core.chain.Seq;

/**
 * The write ids of the entries that the window released last. Together with the ids in the window they cover every
 * entry above {@link #floor}. An id may be present although its entry has since been dropped.
 */
final class RecentIds {
    /** Maximum number of operations whose ids are remembered. */
    static final int MOST = 8192;

    private final Deque<Id> oldestFirst = new ArrayDeque<>();
    private final Map<WriteId, Seq> seqs = new HashMap<>();
    private Seq floor;

    private record Id(WriteId id, Seq seq) {}

    RecentIds(Seq floor) {
        this.floor = floor;
    }

    Seq floor() {
        return floor;
    }

    boolean holds(WriteId id) {
        return seqs.containsKey(id);
    }

    void add(Entry entry) {
        for (Operation operation : entry.operations()) {
            Id id = new Id(operation.writeId(), entry.seq());
            oldestFirst.addLast(id);
            seqs.put(id.id(), id.seq());
        }
        while (oldestFirst.size() > MOST) {
            Id oldest = oldestFirst.removeFirst();
            seqs.remove(oldest.id(), oldest.seq());
            floor = Seq.max(floor, oldest.seq());
        }
    }
}
