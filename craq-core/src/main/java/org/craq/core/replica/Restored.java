package org.craq.core.replica;

import java.util.List;
import java.util.Objects;
import org.craq.core.chain.Seq;

/**
 * What a member finds on its own disk when it starts. Nothing is dropped at this point: the member and its predecessor
 * determine later where its log diverges from the chain's.
 *
 * @param commit a commit mark that the member once knew; it may be out of date
 * @param forgotten the seq at or below which entries may be missing; above the last entry if the log was being rebuilt
 */
public record Restored(Seq last, List<EpochTable.Start> epochs, Seq commit, Seq forgotten) {
    public static final Restored NOTHING = new Restored(Seq.NONE, List.of(), Seq.NONE);

    /** Creates the state of a log in which nothing has been forgotten. */
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
