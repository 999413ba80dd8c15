package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Effect;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Found;
import org.craq.core.replica.Restored;
import org.craq.core.replica.WriteId;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.metadata.StoredEntry;
import org.craq.node.store.ChunkLocation;

/** In-memory metadata of one member, for puts only; it can be made unavailable, like a database. */
final class MemoryMetadata extends Metadata {
    private final ChainId chain;
    private final List<Entry> log = new ArrayList<>();
    private final Map<ContentId, List<ChunkLocation>> chunks = new HashMap<>();
    private boolean away;
    private int looks;

    MemoryMetadata(ChainId chain) {
        this.chain = chain;
    }

    synchronized void away(boolean now) {
        away = now;
    }

    /** Number of lookups for reads so far. */
    synchronized int looks() {
        return looks;
    }

    private void answer() {
        if (away) {
            throw new IllegalStateException("the database is away");
        }
    }

    @Override
    public synchronized List<ChainId> chains(NodeId node) {
        return List.of(chain);
    }

    @Override
    public synchronized void begin(ReplicaLife life) {
        answer();
    }

    @Override
    public synchronized Restored restore(NodeId node, ChainId of) {
        answer();
        assertThat(log).as("the log is empty at the start").isEmpty();
        return Restored.NOTHING;
    }

    @Override
    public synchronized void append(ReplicaLife life, List<StoredEntry> batch) {
        answer();
        for (StoredEntry stored : batch) {
            assertThat(stored.entry().seq().value()).isEqualTo(log.size() + 1L);
            log.add(stored.entry());
            stored.chunks().forEach((content, places) -> chunks.put(content.id(), places));
        }
    }

    @Override
    public synchronized void markClean(ReplicaLife life, Seq mark) {
        answer();
    }

    @Override
    public synchronized List<Found> find(NodeId node, ChainId of, List<Effect.LookUp> writes) {
        answer();
        return writes.stream().map(write -> find(write.id(), write.names())).toList();
    }

    private Found find(WriteId id, List<FileName> names) {
        Map<FileName, Found.Newest> newest = new HashMap<>();
        names.forEach(name -> entry(name, new Seq(log.size()))
                .ifPresent(
                        entry -> newest.put(name, new Found.Newest(entry.version(), false, entry.createdAtMillis()))));
        Optional<Entry> former = log.stream()
                .filter(entry -> entry.operations().get(0).writeId().equals(id))
                .findFirst();
        return new Found(former, newest);
    }

    private Optional<Entry> entry(FileName name, Seq mark) {
        return log.stream()
                .filter(entry -> !entry.seq().isAfter(mark)
                        && entry.operations().get(0).name().equals(name))
                .reduce((older, newer) -> newer);
    }

    @Override
    public synchronized Optional<FileRecord> newest(NodeId node, ChainId of, FileName name, Seq mark) {
        answer();
        looks++;
        return entry(name, mark).map(MemoryMetadata::record);
    }

    @Override
    public synchronized Optional<FileRecord> version(
            NodeId node, ChainId of, FileName name, Version version, Seq mark) {
        answer();
        looks++;
        return log.stream()
                .filter(entry -> entry.version().equals(version))
                .findFirst()
                .map(MemoryMetadata::record);
    }

    private static FileRecord record(Entry entry) {
        return FileRecord.of(entry, entry.operations().get(0), false);
    }

    @Override
    public synchronized List<ChunkLocation> chunks(NodeId node, ContentId content, int first, int count) {
        answer();
        looks++;
        List<ChunkLocation> all = chunks.getOrDefault(content, List.of());
        return all.subList(Math.min(first, all.size()), Math.min(first + count, all.size()));
    }
}
