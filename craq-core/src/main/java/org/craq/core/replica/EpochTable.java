package org.craq.core.replica;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;

/**
 * The seq at which each epoch begins in a log. Entries with the same (epoch, seq) have the same log below them, so two
 * such tables are enough to find where two logs diverge, even after the entries themselves have been pruned.
 *
 * <p>Owned by one log; not thread-safe.
 */
public final class EpochTable {
    /** Entries from {@code first} up to the next start were created in {@code epoch}. */
    public record Start(Epoch epoch, Seq first) {}

    private final NavigableMap<Seq, Epoch> starts = new TreeMap<>();

    public EpochTable() {}

    /**
     * Creates a table with these starts, in order.
     *
     * @throws IllegalArgumentException unless epochs and first seqs both start at 1 or above and increase
     */
    public EpochTable(List<Start> starts) {
        starts.forEach(start -> append(start.epoch(), start.first()));
    }

    /** Records the epoch of the entry that is now the last one. */
    public void append(Epoch epoch, Seq seq) {
        if (epoch.equals(Epoch.NONE) || seq.equals(Seq.NONE)) {
            throw new IllegalArgumentException("epochs and seqs of entries begin at 1, not at " + epoch + "-" + seq);
        }
        Map.Entry<Seq, Epoch> last = starts.lastEntry();
        if (last == null || epoch.isAfter(last.getValue())) {
            if (last != null && !seq.isAfter(last.getKey())) {
                throw new IllegalArgumentException("epoch " + epoch + " can't begin at seq " + seq);
            }
            starts.put(seq, epoch);
        } else if (!epoch.equals(last.getValue())) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + " of seq " + seq + " is older than that of its predecessor, " + last.getValue());
        }
    }

    /** Replaces the contents of this table. */
    void replace(List<Start> others) {
        starts.clear();
        others.forEach(start -> append(start.epoch(), start.first()));
    }

    /** Removes all starts above {@code keep}. */
    public void truncate(Seq keep) {
        starts.tailMap(keep, false).clear();
    }

    /** Returns the epoch in which an entry was created; {@link Epoch#NONE} for {@link Seq#NONE}. */
    public Epoch epochOf(Seq seq) {
        Map.Entry<Seq, Epoch> start = starts.floorEntry(seq);
        return start == null ? Epoch.NONE : start.getValue();
    }

    public List<Start> starts() {
        return starts.entrySet().stream()
                .map(start -> new Start(start.getValue(), start.getKey()))
                .toList();
    }

    /** Returns the last seq up to which the two logs are equal. */
    public static Seq common(EpochTable mine, Seq myLast, EpochTable theirs, Seq theirLast) {
        Seq shorter = Seq.min(myLast, theirLast);
        // Epochs change only at a start of either table, so it is enough to compare the last seq before each start.
        TreeMap<Seq, Boolean> ends = new TreeMap<>();
        ends.put(shorter, true);
        mine.starts.keySet().forEach(first -> ends.put(new Seq(first.value() - 1), true));
        theirs.starts.keySet().forEach(first -> ends.put(new Seq(first.value() - 1), true));
        for (Seq end : ends.headMap(shorter, true).descendingKeySet()) {
            if (mine.epochOf(end).equals(theirs.epochOf(end))) {
                return end;
            }
        }
        return Seq.NONE;
    }
}
