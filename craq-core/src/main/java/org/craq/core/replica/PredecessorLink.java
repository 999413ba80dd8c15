package org.craq.core.replica;

import java.util.function.Consumer;
import org.craq.core.chain.Seq;

/**
 * The stream to the predecessor: which stream is current, the predecessor's prepared mark, and the commit marks sent up
 * to it.
 *
 * <p>States: closed -> connecting -> open. Connecting takes a new stream and is possible in every state. A head's link
 * is closed.
 */
final class PredecessorLink {
    private final Consumer<Effect> effects;
    private long stream;
    private boolean open;
    private Seq prepared = Seq.NONE;
    private Seq commitSent = Seq.NONE;

    PredecessorLink(Consumer<Effect> effects) {
        this.effects = effects;
    }

    void connect(long stream) {
        this.stream = stream;
        open = false;
    }

    /** Opens the link: both logs agree up to {@code common}, and entries above it are no longer prepared. */
    void open(Seq common) {
        open = true;
        prepared = Seq.min(prepared, common);
        commitSent = Seq.NONE;
    }

    void close() {
        stream = 0;
        open = false;
    }

    boolean is(long stream) {
        return stream != 0 && stream == this.stream;
    }

    boolean isOpen() {
        return open;
    }

    boolean isOpen(long stream) {
        return open && is(stream);
    }

    /** Records that the predecessor's prepared mark has risen, at most to the last entry that this member has. */
    void prepared(Seq mark) {
        prepared = Seq.max(prepared, mark);
    }

    /**
     * Returns the predecessor's prepared mark. It outlives streams: prepared entries stay prepared unless they are
     * dropped.
     */
    Seq prepared() {
        return prepared;
    }

    /** Sends the commit mark, unless this stream has already carried it. */
    void commit(Seq mark) {
        if (open && mark.isAfter(commitSent)) {
            commitSent = mark;
            effects.accept(new Effect.SendCommit(stream, mark));
        }
    }
}
