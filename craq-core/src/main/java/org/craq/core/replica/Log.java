package org.craq.core.replica;

import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/**
 * A member's log with the marks that lie on it: {@code commit <= durable <= last} wherever the member serves. Every change
 * puts out the effect that carries it to the disk.
 *
 * <p>A drop begins a new generation, so that a late report of what became durable is not taken for entries that came to
 * stand in the place of dropped ones.
 */
final class Log {
    private final EntryWindow window;
    private final EpochTable epochs;
    private final Consumer<Effect> effects;
    private Seq last;
    private Seq durable;
    private Seq commit;
    private Seq forgotten;
    private boolean forgetting;
    private Seq settled = Seq.NONE;
    private long generation;
    /** What was kept of the log when a generation ended. */
    private final NavigableMap<Long, Seq> keptOf = new TreeMap<>();

    Log(Restored restored, Consumer<Effect> effects) {
        this.window = new EntryWindow(restored.last());
        this.epochs = new EpochTable(restored.epochs());
        this.effects = effects;
        this.last = restored.last();
        this.durable = restored.last();
        this.commit = restored.commit();
        this.forgotten = restored.forgotten();
        // A former life may have stopped in the middle of it.
        this.forgetting = forgotten.isAfter(Seq.NONE) && !forgotten.isAfter(last);
        if (forgetting) {
            effects.accept(new Effect.Forget(forgotten));
        }
    }

    /** True where an entry may stand next: right behind the last one, or behind others that have been forgotten. */
    boolean continues(Seq seq) {
        return seq.isAfter(last) && seq.follows(Seq.max(last, forgotten));
    }

    /** Why an entry cannot be the next one of this log; empty when it can. */
    Optional<String> objection(Entry entry) {
        if (!continues(entry.seq())) {
            return Optional.of("entry " + entry.version() + " does not follow entry " + last);
        }
        Epoch due = epochs.epochOf(entry.seq());
        boolean fits = entry.seq().isAfter(forgotten) ? !due.isAfter(entry.epoch()) : due.equals(entry.epoch());
        return fits
                ? Optional.empty()
                : Optional.of("entry " + entry.version() + " has an epoch that does not fit epoch " + due
                        + " of this log at that place");
    }

    /** Appends an entry to which there is no objection. */
    void append(Entry entry) {
        if (entry.seq().isAfter(forgotten)) {
            epochs.append(entry.epoch(), entry.seq());
        }
        window.append(entry);
        last = entry.seq();
        effects.accept(new Effect.Persist(generation, entry));
    }

    void dropAbove(Seq keep) {
        if (last.isAfter(keep)) {
            keptOf.put(generation, keep);
            generation++;
            window.truncate(keep);
            epochs.truncate(Seq.max(keep, forgotten));
            last = keep;
            durable = Seq.min(durable, keep);
            effects.accept(new Effect.Truncate(keep));
        }
    }

    /** Begins anew, from nothing, behind a log that has forgotten more than this one lacks. */
    void rebase(LogBase base) {
        dropAbove(Seq.NONE);
        epochs.replace(base.epochs());
        forgotten = base.forgotten();
        forgetting = false;
        effects.accept(new Effect.Rebase(base));
    }

    /** Begins to forget, unless that is under way. */
    void forget(Seq upTo) {
        if (!forgetting && upTo.isAfter(forgotten) && !upTo.isAfter(Seq.min(commit, durable))) {
            forgotten = upTo;
            forgetting = true;
            effects.accept(new Effect.Forget(upTo));
        }
    }

    void forgotten(Seq upTo) {
        if (upTo.equals(forgotten)) {
            forgetting = false;
        }
    }

    /** At or below it entries may be missing. */
    Seq forgotten() {
        return forgotten;
    }

    /** True while what is missing at or below the mark still changes. */
    boolean isForgetting() {
        return forgetting;
    }

    /** What a successor needs that lies below what has been forgotten. */
    LogBase base() {
        return new LogBase(
                forgotten,
                epochs.starts().stream()
                        .filter(start -> !start.first().isAfter(forgotten))
                        .toList());
    }

    /** Everything up to here is older than the time for which write ids are kept. */
    void settled(Seq upTo) {
        // What is not committed may be dropped, and its place be taken by something younger.
        settled = Seq.max(settled, Seq.min(upTo, commit));
    }

    Seq settled() {
        return settled;
    }

    /** Everything up to here is durable; the generation is that of the effect. */
    void persisted(long generation, Seq upTo) {
        // Of what was under way before a drop only what was kept counts; other entries may have taken the place of the
        // rest.
        Seq kept = keptOf.tailMap(generation, true).values().stream().reduce(upTo, Seq::min);
        keptOf.headMap(generation, false).clear();
        durable = Seq.max(durable, kept);
    }

    void raiseCommit(Seq mark) {
        if (mark.isAfter(commit)) {
            commit = mark;
            effects.accept(new Effect.Committed(mark));
        }
    }

    /** Where the log parts from another. */
    Seq common(EpochTable theirEpochs, Seq theirLast) {
        return EpochTable.common(epochs, last, theirEpochs, theirLast);
    }

    /** True when the entry that made this version is part of the log. */
    boolean holds(Version version) {
        return !version.seq().isAfter(last) && epochs.epochOf(version.seq()).equals(version.epoch());
    }

    /** How many versions of the file lie above the commit mark; empty when that can't be told. */
    OptionalLong dirtyVersions(FileName name) {
        // After a restart the mark may be older than the window: what lies between may hold the file.
        return window.floor().isAfter(commit)
                ? OptionalLong.empty()
                : OptionalLong.of(window.versionsAbove(name, commit));
    }

    /** The entry at a place of the log; its epoch is NONE where there is none. */
    Version version(Seq seq) {
        return new Version(epochs.epochOf(seq), seq);
    }

    /** How many entries lie above the commit mark. */
    long dirtyEntries() {
        return last.value() - commit.value();
    }

    /** The upper end of the log, which is in memory. */
    EntryWindow window() {
        return window;
    }

    Seq last() {
        return last;
    }

    Epoch lastEpoch() {
        return epochs.epochOf(last);
    }

    List<EpochTable.Start> epochStarts() {
        return epochs.starts();
    }

    Seq durable() {
        return durable;
    }

    Seq commit() {
        return commit;
    }
}
