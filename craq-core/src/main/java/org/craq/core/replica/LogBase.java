package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import org.craq.core.chain.Seq;

/**
 * The lower part of a log in which entries have been forgotten. A member whose log ends below {@code forgotten} cannot
 * catch up entry by entry: files that it holds may have been deleted since, and their tombstones forgotten. It restarts
 * from an empty log and receives everything that is left.
 *
 * @param forgotten the seq at or below which entries may be missing
 * @param epochs the start of each epoch that began at or below {@code forgotten}, including those of forgotten entries
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
