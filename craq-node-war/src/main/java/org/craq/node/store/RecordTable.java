package org.craq.node.store;

import java.util.Optional;
import org.craq.core.file.ContentId;

/**
 * A hash table from content and index to a record's location, for very many records: one array with 40 bytes per slot,
 * at most three quarters of them in use. Of several records of one chunk, the last one put counts. Not thread-safe.
 */
final class RecordTable {
    private static final int FIELDS = 5;
    private static final int FIRST_SLOTS = 1 << 10;
    private static final int LARGEST_SLOTS = 1 << 27;

    private final int mostSlots;
    private long[] slots = new long[FIRST_SLOTS * FIELDS];
    private int size;

    /**
     * Location of a record.
     *
     * @param segment the segment's number, as given to {@link #put}
     */
    record Found(int segment, long position, int length, int crc32c) {}

    /** Creates an empty table that takes at most about this much memory, and half as much again while it grows. */
    RecordTable(long mostBytes) {
        int slots = FIRST_SLOTS;
        while (slots < LARGEST_SLOTS && 2L * slots * FIELDS * Long.BYTES <= mostBytes) {
            slots *= 2;
        }
        this.mostSlots = slots;
    }

    /** Adds a record; false when there is no room for it. */
    boolean put(ChunkHeader header, int segment, long position) {
        if (4L * (size + 1) > 3L * capacity() && !grow()) {
            return false;
        }
        long id = header.content().value().getMostSignificantBits();
        long rest = header.content().value().getLeastSignificantBits();
        int at = slot(id, rest, header.index());
        if (isFree(at)) {
            size++;
        }
        slots[at] = id;
        slots[at + 1] = rest;
        slots[at + 2] = pair(segment, header.index());
        slots[at + 3] = position;
        slots[at + 4] = pair(header.length(), header.crc32c());
        return true;
    }

    Optional<Found> find(ContentId content, int index) {
        int at = slot(content.value().getMostSignificantBits(), content.value().getLeastSignificantBits(), index);
        return isFree(at)
                ? Optional.empty()
                : Optional.of(new Found(high(slots[at + 2]), slots[at + 3], high(slots[at + 4]), (int) slots[at + 4]));
    }

    int size() {
        return size;
    }

    private int capacity() {
        return slots.length / FIELDS;
    }

    /** Returns true if a slot is unused: every record has at least one byte. */
    private boolean isFree(int at) {
        return high(slots[at + 4]) == 0;
    }

    /** Returns where the record is, or else would be put. */
    private int slot(long id, long rest, int index) {
        int mask = capacity() - 1;
        long hash = (id ^ Long.rotateLeft(rest, 32) ^ index) * 0x9E3779B97F4A7C15L;
        int slot = (int) (hash >>> 32) & mask;
        while (!isFree(slot * FIELDS) && !is(slot * FIELDS, id, rest, index)) {
            slot = (slot + 1) & mask;
        }
        return slot * FIELDS;
    }

    private boolean is(int at, long id, long rest, int index) {
        return slots[at] == id && slots[at + 1] == rest && (int) slots[at + 2] == index;
    }

    private boolean grow() {
        if (capacity() >= mostSlots) {
            return false;
        }
        long[] before = slots;
        slots = new long[before.length * 2];
        for (int from = 0; from < before.length; from += FIELDS) {
            if (high(before[from + 4]) != 0) {
                int to = slot(before[from], before[from + 1], (int) before[from + 2]);
                System.arraycopy(before, from, slots, to, FIELDS);
            }
        }
        return true;
    }

    private static long pair(int high, int low) {
        return ((long) high << Integer.SIZE) | Integer.toUnsignedLong(low);
    }

    private static int high(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }
}
