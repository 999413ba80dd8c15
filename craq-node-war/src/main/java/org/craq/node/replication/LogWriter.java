package org.craq.node.replication;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.replica.Entry;
import org.craq.core.replica.LogBase;
import org.craq.core.replica.Operation;
import org.craq.node.metadata.HotChunks;
import org.craq.node.metadata.HotLog;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.metrics.NodeMeters;
import org.craq.node.store.ChunkLocation;
import org.craq.node.store.ChunkStore;
import org.craq.node.store.StagedContent;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Makes entries durable, in order: first all contents are present and forced to disk, then the metadata of the whole batch are written
 * in one transaction. Entries that arrive while a batch is being committed form the next one (group commit).
 */
final class LogWriter {
    private static final Logger LOG = System.getLogger(LogWriter.class.getName());
    /** Maximum number of entries in one transaction. */
    private static final int MAX_BATCH = 256;

    /** A batch that takes longer than this is waiting for the disk or the database. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    /** Receives the progress of the writer. */
    interface Listener {
        /** Entries up to this one are durable. */
        void persisted(long generation, Seq upTo);

        /** This member can't continue. */
        void failed(String reason);
    }

    private sealed interface Command {
        /** Persists an entry; {@code dropped} is set once it has been truncated from the log before it was durable. */
        record Persist(long generation, Entry entry, AtomicBoolean dropped) implements Command {}

        record Truncate(Seq keep) implements Command {}

        record Rebase(LogBase base) implements Command {}
    }

    private final ReplicaLife life;
    private final ChunkStore store;
    private final Metadata metadata;
    private final HotLog hot;
    private final HotChunks hotChunks;
    private final FetchAhead.Source source;
    private final Executor fetching;
    private final Listener listener;
    private final NodeMeters meters;
    private final Batcher<Command> commands;
    /** Entries that are not durable yet, in order. */
    private final Deque<Command.Persist> waiting = new ConcurrentLinkedDeque<>();

    private volatile boolean stopped;
    /** When the current batch began; empty between batches. */
    private volatile OptionalLong batchSince = OptionalLong.empty();

    LogWriter(
            ReplicaLife life,
            ChunkStore store,
            Metadata metadata,
            HotLog hot,
            HotChunks hotChunks,
            FetchAhead.Source source,
            Executor fetching,
            Executor executor,
            Listener listener,
            NodeMeters meters) {
        this.life = life;
        this.store = store;
        this.metadata = metadata;
        this.hot = hot;
        this.hotChunks = hotChunks;
        this.source = source;
        this.fetching = fetching;
        this.listener = listener;
        this.meters = meters;
        this.commands = new Batcher<>(executor, MAX_BATCH, this::carryOut);
    }

    void persist(long generation, Entry entry) {
        contents(entry).forEach(StagedContent::expect);
        Command.Persist persist = new Command.Persist(generation, entry, new AtomicBoolean());
        waiting.addLast(persist);
        commands.add(persist);
    }

    /** Truncates the log; called by the driver, like {@link #persist}. Contents of truncated entries are no longer awaited. */
    void truncate(Seq keep) {
        waiting.stream().filter(persist -> persist.entry().seq().isAfter(keep)).forEach(persist -> {
            persist.dropped().set(true);
            contents(persist.entry()).forEach(StagedContent::unexpect);
        });
        commands.add(new Command.Truncate(keep));
    }

    /** Gives the log a new base; called by the driver after the truncation that empties the log. */
    void rebase(LogBase base) {
        commands.add(new Command.Rebase(base));
    }

    /** Returns the staged contents of an entry. */
    private Stream<StagedContent> contents(Entry entry) {
        return entry.operations().stream()
                .filter(Operation.Put.class::isInstance)
                .flatMap(put -> ((Operation.Put) put).body().contents().stream())
                .flatMap(content -> store.staged(content.id()).stream());
    }

    /** True when the current batch has taken long; new writes should then check the database before they are accepted. */
    boolean standsStill() {
        OptionalLong since = batchSince;
        return since.isPresent() && System.nanoTime() - since.getAsLong() > LONG_NANOS;
    }

    int backlog() {
        return commands.size();
    }

    /** Stops writing. Contents of entries that are not durable are released; the next incarnation expects them again if necessary. */
    void stop() {
        stopped = true;
        waiting.forEach(persist -> contents(persist.entry()).forEach(StagedContent::unexpect));
    }

    private void carryOut(List<Command> batch) {
        batchSince = OptionalLong.of(System.nanoTime());
        List<Command.Persist> entries = new ArrayList<>();
        try {
            for (Command command : batch) {
                if (command instanceof Command.Persist persist) {
                    entries.add(persist);
                } else if (command instanceof Command.Truncate truncate) {
                    write(entries);
                    entries.clear();
                    retry(() -> metadata.truncate(life, truncate.keep()));
                    hot.cut(truncate.keep());
                } else if (command instanceof Command.Rebase rebase) {
                    write(entries);
                    entries.clear();
                    retry(() -> metadata.rebase(life, rebase.base()));
                    hot.cut(Seq.NONE);
                }
            }
            write(entries);
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // A transaction that fails at its commit throws checked exceptions that are not declared.
            if (!stopped) {
                stopped = true;
                LOG.log(Level.ERROR, "chain " + life.chain() + ": this member can't continue", e);
                listener.failed(e.getMessage());
            }
        } finally {
            batchSince = OptionalLong.empty();
        }
    }

    private void write(List<Command.Persist> entries) throws InterruptedException {
        if (entries.isEmpty() || stopped) {
            return;
        }
        while (!tryWrite(entries)) {
            // A shared content was pruned between the lookup and the commit; the next attempt fetches it.
            LOG.log(Level.DEBUG, "chain {0}: a batch is assembled again", life.chain());
        }
        entries.forEach(waiting::remove);
    }

    /** Returns false, without having written anything, when a content that was already recorded has been pruned. */
    private boolean tryWrite(List<Command.Persist> entries) throws InterruptedException {
        Set<StagedContent> contents = new LinkedHashSet<>();
        List<StoredEntry> batch = new ArrayList<>();
        Set<ContentId> recorded = recorded(entries);
        FetchAhead needed = new FetchAhead(source, fetching, needed(entries, recorded));
        for (Command.Persist persist : entries) {
            Optional<StoredEntry> stored = gather(persist, recorded, needed, contents);
            if (stored.isEmpty()) {
                break;
            }
            batch.add(stored.get());
        }
        if (!batch.isEmpty()) {
            long begun = System.nanoTime();
            store.force(contents);
            long forced = System.nanoTime();
            meters.forced(forced - begun);
            try {
                retry(() -> metadata.append(life, batch));
            } catch (CraqException e) {
                if (e.code() == ErrorCode.VERSION_PRUNED) {
                    return false;
                }
                throw e;
            }
            meters.committed(System.nanoTime() - forced, batch.size());
            contents.forEach(content -> store.recorded(content.id()));
            remember(batch);
            Command.Persist last = entries.get(batch.size() - 1);
            listener.persisted(last.generation(), last.entry().seq());
        }
        return true;
    }

    /**
     * Returns the contents whose chunks are already recorded because an earlier entry has them too. They need not be stored, and
     * chunks of them that were received again are discarded.
     */
    private Set<ContentId> recorded(List<Command.Persist> entries) throws InterruptedException {
        Set<ContentId> unstaged = new HashSet<>();
        wanted(entries)
                .filter(wanted -> wanted.mayBeShared()
                        || store.staged(wanted.content().id()).isEmpty())
                .map(wanted -> wanted.content().id())
                .forEach(unstaged::add);
        Set<ContentId> recorded = new HashSet<>();
        if (!unstaged.isEmpty()) {
            retry(() -> recorded.addAll(metadata.recorded(life.node(), unstaged)));
        }
        recorded.forEach(store::recorded);
        return recorded;
    }

    /** Adds the batch to the caches. Must precede the notification that it is durable, as reads may rely on the caches from then on. */
    private void remember(List<StoredEntry> batch) {
        for (StoredEntry stored : batch) {
            stored.chunks().forEach((content, chunks) -> hotChunks.recorded(content.id(), chunks));
        }
        hot.persisted(batch);
    }

    private static List<MissingContent> needed(List<Command.Persist> entries, Set<ContentId> recorded) {
        return wanted(entries)
                .filter(wanted -> !recorded.contains(wanted.content().id()))
                .toList();
    }

    private static Stream<MissingContent> wanted(List<Command.Persist> entries) {
        return entries.stream().flatMap(persist -> wanted(persist.entry()).stream());
    }

    private static List<MissingContent> wanted(Entry entry) {
        return entry.operations().stream()
                .filter(Operation.Put.class::isInstance)
                .map(put -> ((Operation.Put) put).body())
                .flatMap(body -> body.filled().map(content -> new MissingContent(content, entry.seq(), !body.isOne())))
                .toList();
    }

    /** Obtains the contents of an entry. Returns empty when the entry was dropped; then all that follow it were dropped as well. */
    private Optional<StoredEntry> gather(
            Command.Persist persist, Set<ContentId> recorded, FetchAhead needed, Set<StagedContent> contents)
            throws InterruptedException {
        Map<Content, List<ChunkLocation>> chunks = new HashMap<>();
        Set<Content> pruned = new HashSet<>();
        BooleanSupplier enough = () -> stopped || persist.dropped().get();
        for (MissingContent wanted : wanted(persist.entry())) {
            if (enough.getAsBoolean()) {
                break;
            }
            if (recorded.contains(wanted.content().id())) {
                continue;
            }
            try {
                whole(wanted, needed, enough).ifPresent(content -> {
                    contents.add(content);
                    chunks.put(wanted.content(), content.chunks());
                });
            } catch (CraqException e) {
                if (e.code() != ErrorCode.VERSION_PRUNED) {
                    throw e;
                }
                pruned.add(wanted.content());
            }
        }
        return enough.getAsBoolean() ? Optional.empty() : Optional.of(new StoredEntry(persist.entry(), chunks, pruned));
    }

    /** Obtains a content with all its chunks, which its sender can no longer abandon; empty as soon as {@code enough} is true. */
    private static Optional<StagedContent> whole(MissingContent wanted, FetchAhead needed, BooleanSupplier enough)
            throws InterruptedException {
        while (!enough.getAsBoolean()) {
            Optional<StagedContent> content = needed.obtain(wanted, enough);
            content.ifPresent(StagedContent::expect);
            content.ifPresent(StagedContent::finish);
            if (content.isEmpty()
                    || content.get().chunks().size() == wanted.content().chunks()) {
                return content;
            }
            // Its sender abandoned it after the last chunk.
        }
        return Optional.empty();
    }

    /** Repeats database work until it succeeds. No write is acknowledged before, and readers are still served. */
    private void retry(Runnable work) throws InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (!stopped) {
            try {
                work.run();
                return;
            } catch (Exception e) {
                // This also catches the checked exceptions of a commit, which are not declared.
                if (means(ErrorCode.FENCED, e)) {
                    throw new CraqException(ErrorCode.FENCED, "a newer incarnation of this node is writing now", e);
                }
                if (means(ErrorCode.VERSION_PRUNED, e)) {
                    throw new CraqException(ErrorCode.VERSION_PRUNED, "a content has been pruned in the meantime", e);
                }
                meters.commitRepeated();
                if (pause == FIRST_PAUSE_MILLIS) {
                    LOG.log(Level.WARNING, "chain " + life.chain() + ": the database refused a batch; trying again", e);
                } else {
                    LOG.log(
                            Level.WARNING,
                            "chain {0}: the database still refuses a batch: {1}",
                            life.chain(),
                            e.getMessage());
                }
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
        throw new InterruptedException("stopped");
    }

    private static boolean means(ErrorCode code, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CraqException known && known.code() == code) {
                return true;
            }
        }
        return false;
    }
}
