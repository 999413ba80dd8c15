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
 * A member's log and its marks: {@code commit <= durable <= last} whenever the member serves. Every change emits the
 * effect that applies it to the disk.
 *
 * <p>Each truncation starts a new generation, so that a late report of what became durable is not applied to entries
 * that replaced the dropped ones.
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
    /** The last seq kept when each generation ended. */
    private final NavigableMap<Long, Seq> keptOf = new TreeMap<>();

    Log(Restored restored, Consumer<Effect> effects) {
        this.window = new EntryWindow(restored.last());
        this.epochs = new EpochTable(restored.epochs());
        this.effects = effects;
        this.last = restored.last();
        this.durable = restored.last();
        this.commit = restored.commit();
        this.forgotten = restored.forgotten();
        // A previous incarnation may have stopped before it finished forgetting.
        this.forgetting = forgotten.isAfter(Seq.NONE) && !forgotten.isAfter(last);
        if (forgetting) {
            effects.accept(new Effect.Forget(forgotten));
        }
    }

    /**
     * Returns true if an entry with this seq may come next: right after the last entry, or after the forgotten ones.
     */
    boolean continues(Seq seq) {
        return seq.isAfter(last) && seq.follows(Seq.max(last, forgotten));
    }

    /** Returns why the entry cannot be the next one of this log; empty if it can. */
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

    /** Appends an entry for which {@link #objection} is empty. */
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

    /** Restarts from an empty log, because the predecessor has forgotten entries that this log lacks. */
    void rebase(LogBase base) {
        dropAbove(Seq.NONE);
        epochs.replace(base.epochs());
        forgotten = base.forgotten();
        forgetting = false;
        effects.accept(new Effect.Rebase(base));
    }

    /** Starts to forget entries up to here, unless that is already in progress. */
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

    /** Returns the seq at or below which entries may be missing. */
    Seq forgotten() {
        return forgotten;
    }

    /** Returns true while entries at or below the mark are still being deleted. */
    boolean isForgetting() {
        return forgetting;
    }

    /** Returns what a successor must know about the forgotten part of this log. */
    LogBase base() {
        return new LogBase(
                forgotten,
                epochs.starts().stream()
                        .filter(start -> !start.first().isAfter(forgotten))
                        .toList());
    }

    /** Records that everything up to here is older than the time for which write ids are kept. */
    void settled(Seq upTo) {
        // An uncommitted entry may be dropped, and a younger one take its place.
        settled = Seq.max(settled, Seq.min(upTo, commit));
    }

    Seq settled() {
        return settled;
    }

    /** Records that everything up to here is durable; the generation is that of the effect. */
    void persisted(long generation, Seq upTo) {
        // For a report from before a truncation, only entries that were kept count: others may have replaced the rest.
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

    /** Returns the last seq that this log has in common with another. */
    Seq common(EpochTable theirEpochs, Seq theirLast) {
        return EpochTable.common(epochs, last, theirEpochs, theirLast);
    }

    /** Returns true if the entry that created this version is part of the log. */
    boolean holds(Version version) {
        return !version.seq().isAfter(last) && epochs.epochOf(version.seq()).equals(version.epoch());
    }

    /** Returns how many versions of the file lie above the commit mark; empty if that is unknown. */
    OptionalLong dirtyVersions(FileName name) {
        // After a restart the mark may lie below the window; the entries in between may concern the file.
        return window.floor().isAfter(commit)
                ? OptionalLong.empty()
                : OptionalLong.of(window.versionsAbove(name, commit));
    }

    /** Returns the version at a place in the log; its epoch is NONE if there is no entry. */
    Version version(Seq seq) {
        return new Version(epochs.epochOf(seq), seq);
    }

    /** Returns how many entries lie above the commit mark. */
    long dirtyEntries() {
        return last.value() - commit.value();
    }

    /** Returns the upper end of the log, which is in memory. */
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
