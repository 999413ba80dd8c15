package org.craq.core.replica;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.craq.core.chain.Seq;

/**
 * What flows to the successor on its current stream: the log in order from where both agree, from the window or, where
 * the successor is further behind, from the database; and prepared marks, never ahead of the entries they speak of.
 *
 * <p>It also knows the highest commit mark that an honest successor can send back. What was committed before this epoch was
 * durable here when the epoch began, and what is committed in it was sent down as prepared before. The present prepared mark
 * would be too strict a bound: after a restart of the whole chain it begins at zero, while the successor remembers its mark.
 */
final class SuccessorFeed {
    private final Log log;
    private final Consumer<Effect> effects;
    private long stream;
    private Seq cursor = Seq.NONE;
    private Seq preparedSent = Seq.NONE;
    private Seq highestCommit = Seq.NONE;
    private boolean loading;

    SuccessorFeed(Log log, Consumer<Effect> effects) {
        this.log = log;
        this.effects = effects;
    }

    /** An epoch begins, in which nothing has been sent yet. */
    void beginEpoch(Seq durable) {
        close();
        highestCommit = durable;
    }

    /** The log has lost what lay above. */
    void dropped(Seq keep) {
        highestCommit = Seq.min(highestCommit, keep);
    }

    /** No commit mark of an honest successor lies above it. */
    Seq highestCommit() {
        return highestCommit;
    }

    boolean is(long stream) {
        return stream != 0 && stream == this.stream;
    }

    /** The stream that is open now. */
    OptionalLong stream() {
        return stream == 0 ? OptionalLong.empty() : OptionalLong.of(stream);
    }

    void open(long stream, Seq common) {
        this.stream = stream;
        cursor = common;
        preparedSent = Seq.NONE;
        loading = false;
    }

    void close() {
        stream = 0;
        loading = false;
    }

    /** Sends what can be sent now. */
    void feed(Seq prepared) {
        if (stream == 0 || loading) {
            return;
        }
        EntryWindow window = log.window();
        while (log.last().isAfter(cursor)) {
            if (window.floor().isAfter(cursor)) {
                loading = true;
                effects.accept(new Effect.LoadLog(stream, cursor.next(), window.floor()));
                break;
            }
            send(window.get(cursor.next()).orElseThrow());
        }
        Seq mark = Seq.min(prepared, cursor);
        if (mark.isAfter(preparedSent)) {
            preparedSent = mark;
            highestCommit = Seq.max(highestCommit, mark);
            effects.accept(new Effect.SendPrepared(stream, mark));
        }
    }

    /** All that the log still holds up to {@code through}, in order. */
    void loaded(long stream, List<Entry> entries, Seq through) {
        if (!is(stream) || !loading) {
            return;
        }
        loading = false;
        for (Entry entry : entries) {
            if (!entry.seq().follows(Seq.max(cursor, log.forgotten()))) {
                throw new IllegalStateException("the log gave entry " + entry.seq() + " after " + cursor);
            }
            send(entry);
        }
        Seq gap = Seq.min(through, log.forgotten());
        if (gap.isAfter(cursor)) {
            send(new Entry(log.version(gap).epoch(), gap, List.of(), 0));
        }
    }

    /** True while the successor still needs what lies at or below a mark. */
    boolean isBelow(Seq mark) {
        return stream != 0 && mark.isAfter(cursor);
    }

    private void send(Entry entry) {
        cursor = entry.seq();
        effects.accept(new Effect.SendEntry(stream, entry));
    }
}
