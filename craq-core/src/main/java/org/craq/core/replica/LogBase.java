package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import org.craq.core.chain.Seq;

/**
 * The lower part of a log of which something has been forgotten. Whoever lies below {@code forgotten} can't catch up entry by
 * entry: what it holds may have been deleted since, and the tombstone forgotten. It begins anew and takes what is left.
 *
 * @param forgotten at or below it entries may be missing
 * @param epochs where each epoch that began at or below it begins, the forgotten entries' included
 */
public record LogBase(Seq forgotten, List<EpochTable.Start> epochs) {
    public LogBase {
        Objects.requireNonNull(forgotten);
        epochs = List.copyOf(epochs);
        if (epochs.stream().anyMatch(start -> start.first().isAfter(forgotten))) {
            throw new IllegalArgumentException("an epoch of the log's base begins above its end, " + forgotten);
        }
    }
}
