package org.craq.core.replica;

import java.util.function.Consumer;
import org.craq.core.chain.Seq;

/**
 * The stream to the predecessor: which one counts, how far the predecessor has said to be prepared, and the commit marks
 * that go up to it.
 *
 * <p>States: closed -> connecting -> open; connecting anew takes a new stream and leads back from anywhere. A head's is closed.
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

    /** Both logs agree up to {@code common}; what was prepared above it is not any more. */
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

    /** The predecessor's prepared mark rose, as far as this member has its entries. */
    void prepared(Seq mark) {
        prepared = Seq.max(prepared, mark);
    }

    /** Outlives a stream: what was prepared stays so, unless it is dropped. */
    Seq prepared() {
        return prepared;
    }

    /** Tells of the commit mark where the predecessor was not told on this stream. */
    void commit(Seq mark) {
        if (open && mark.isAfter(commitSent)) {
            commitSent = mark;
            effects.accept(new Effect.SendCommit(stream, mark));
        }
    }
}
