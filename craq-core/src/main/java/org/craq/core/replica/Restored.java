package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import org.craq.core.chain.Seq;

/**
 * What a member finds on its own disk when it starts. Nothing is dropped: where its log parts from the chain's is found
 * out with its predecessor.
 *
 * @param commit a commit mark it once knew; it may be old
 * @param forgotten at or below it entries may be missing; above the last entry when the log was being built anew
 */
public record Restored(Seq last, List<EpochTable.Start> epochs, Seq commit, Seq forgotten) {
    public static final Restored NOTHING = new Restored(Seq.NONE, List.of(), Seq.NONE);

    /** A log of which nothing has been forgotten. */
    public Restored(Seq last, List<EpochTable.Start> epochs, Seq commit) {
        this(last, epochs, commit, Seq.NONE);
    }

    public Restored {
        Objects.requireNonNull(last);
        Objects.requireNonNull(commit);
        Objects.requireNonNull(forgotten);
        epochs = List.copyOf(epochs);
        if (commit.isAfter(last)) {
            throw new IllegalArgumentException("commit mark " + commit + " lies above the last entry " + last);
        }
    }
}
