package org.craq.core.replica;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.craq.core.chain.Seq;

/**
 * Feeds the successor's current stream: log entries in order from the last common entry, taken from the window or, if
 * the successor is further behind, from the database; and prepared marks, never ahead of the entries they cover.
 *
 * <p>It also tracks the highest commit mark that a correct successor can send back. Entries committed before this epoch
 * were durable here when the epoch began, and entries committed in it were first announced downstream as prepared. The
 * current prepared mark would be too strict a bound: after a restart of the whole chain it starts at zero, while the
 * successor remembers its mark.
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

    /** Starts an epoch, in which nothing has been sent yet. */
    void beginEpoch(Seq durable) {
        close();
        highestCommit = durable;
    }

    /** Records that the log dropped all entries above {@code keep}. */
    void dropped(Seq keep) {
        highestCommit = Seq.min(highestCommit, keep);
    }

    /** Returns the highest commit mark that a correct successor can report. */
    Seq highestCommit() {
        return highestCommit;
    }

    boolean is(long stream) {
        return stream != 0 && stream == this.stream;
    }

    /** Returns the currently open stream. */
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

    /** Sends everything that can be sent now. */
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

    /** Takes all entries that the log still holds up to {@code through}, in order, and sends them. */
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

    /** Returns true while the successor still needs entries at or below the mark. */
    boolean isBelow(Seq mark) {
        return stream != 0 && mark.isAfter(cursor);
    }

    private void send(Entry entry) {
        cursor = entry.seq();
        effects.accept(new Effect.SendEntry(stream, entry));
    }
}
