package org.craq.node.metadata;

import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.persistence.Query;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Entry;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Found;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.node.store.ChunkLocation;

/** Converts core values to rows, and back. */
final class Rows {
    /** Stands for no content, as the persistence provider can't read a UUID that is NULL. */
    private static final UUID NIL = new UUID(0, 0);

    private static final String NO_METADATA = "{}";
    /** Created once, as each of the methods of {@link Json} searches the class path for a provider. */
    private static final JsonBuilderFactory BUILDERS = Json.createBuilderFactory(Map.of());

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private Rows() {}

    static FileVersionRow row(NodeId node, ChainId chain, Entry entry, Operation operation) {
        FileVersionRow row = new FileVersionRow();
        row.nodeId = node.value();
        row.chainId = chain.value();
        row.seq = entry.seq().value();
        row.fileName = operation.name().value();
        row.epoch = entry.epoch().value();
        row.writeId = operation.writeId().value();
        row.request = entry.request().map(Fingerprint::value).orElse(null);
        row.createdAt = entry.createdAtMillis();
        if (operation instanceof Operation.Put put) {
            boolean one = put.body().isOne();
            row.chunkId = one ? put.body().contents().get(0).id().value() : NIL;
            row.chunkSize = put.body().chunkSize();
            row.length = put.body().length();
            row.crc32c = put.body().crc32c();
            row.parts = one ? "" : Parts.text(put.body().contents());
            row.contentType = put.contentType();
            row.userMetadata = json(put.userMetadata());
        } else {
            row.deleted = true;
            row.chunkId = NIL;
            row.contentType = "";
            row.userMetadata = NO_METADATA;
        }
        return row;
    }

    static ChunkRow row(
            NodeId node, ChainId chain, Seq seq, FileName name, Content content, int index, ChunkLocation location) {
        ChunkRow row = new ChunkRow();
        row.nodeId = node.value();
        row.chainId = chain.value();
        row.chunkId = content.id().value();
        row.idx = index;
        row.seq = seq.value();
        row.state = ChunkRow.DIRTY;
        row.fileName = name.value();
        row.path = location.segment();
        row.position = location.position();
        row.length = location.length();
        row.crc32c = location.crc32c();
        return row;
    }

    static EpochRow row(NodeId node, ChainId chain, EpochTable.Start start) {
        EpochRow row = new EpochRow();
        row.nodeId = node.value();
        row.chainId = chain.value();
        row.epoch = start.epoch().value();
        row.firstSeq = start.first().value();
        return row;
    }

    static ChunkLocation location(ChunkRow row) {
        return new ChunkLocation(row.path, row.position, row.length, row.crc32c);
    }

    static FileRecord record(FileVersionRow row) {
        return new FileRecord(
                new FileName(row.fileName),
                new Version(new Epoch(row.epoch), new Seq(row.seq)),
                row.writeId,
                row.deleted ? Optional.empty() : Optional.of(body(row)),
                row.contentType,
                map(row.userMetadata),
                row.createdAt,
                row.pruned);
    }

    /** Converts rows, ordered by seq, to entries; rows of one seq are one entry. */
    static List<Entry> entries(List<FileVersionRow> rows) {
        List<Entry> entries = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= rows.size(); i++) {
            if (i == rows.size() || rows.get(i).seq != rows.get(begin).seq) {
                FileVersionRow first = rows.get(begin);
                List<Operation> operations =
                        rows.subList(begin, i).stream().map(Rows::operation).toList();
                entries.add(new Entry(
                        new Epoch(first.epoch), new Seq(first.seq), operations, first.createdAt, request(first)));
                begin = i;
            }
        }
        return entries;
    }

    private static Optional<Fingerprint> request(FileVersionRow row) {
        return Optional.ofNullable(row.request).map(Fingerprint::new);
    }

    static Operation operation(FileVersionRow row) {
        FileName name = new FileName(row.fileName);
        WriteId id = new WriteId(row.writeId);
        return row.deleted
                ? new Operation.Delete(name, id)
                : new Operation.Put(name, id, body(row), row.contentType, map(row.userMetadata));
    }

    /** Creates a file's newest version from the columns epoch, seq, deleted and created_at. */
    static Found.Newest newest(Object epoch, Object seq, Object deleted, Object createdAt) {
        return new Found.Newest(
                new Version(new Epoch(((Number) epoch).longValue()), new Seq(((Number) seq).longValue())),
                (Boolean) deleted,
                ((Number) createdAt).longValue());
    }

    /**
     * Pads a list to the next power of two by repeating its last value, so that a query has few forms, which the
     * database can cache. The list must not be empty.
     */
    static <T> List<T> padded(List<T> values) {
        int size = Integer.highestOneBit(2 * values.size() - 1);
        List<T> padded = new ArrayList<>(values);
        padded.addAll(Collections.nCopies(size - values.size(), values.get(values.size() - 1)));
        return padded;
    }

    /** Passes on all values in order, at most {@code most} at a time. */
    static <T> void inParts(List<T> values, int most, Consumer<List<T>> step) {
        for (int begin = 0; begin < values.size(); begin += most) {
            step.accept(values.subList(begin, Math.min(begin + most, values.size())));
        }
    }

    /** Returns {@code count} parameters of a native query, numbered from {@code first} on, for use with IN. */
    static String places(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(i -> "?" + i).collect(Collectors.joining(", "));
    }

    static void bind(Query query, int first, List<?> values) {
        for (int i = 0; i < values.size(); i++) {
            query.setParameter(first + i, values.get(i));
        }
    }

    private static Body body(FileVersionRow row) {
        return row.parts.isEmpty()
                ? Body.of(new Content(new ContentId(row.chunkId), row.chunkSize, row.length, row.crc32c))
                : new Body(Parts.contents(row.parts), row.crc32c);
    }

    /** Returns the contents of a version's body; none for a tombstone. */
    static List<UUID> contents(FileVersionRow row) {
        return row.deleted
                ? List.of()
                : body(row).contents().stream()
                        .map(content -> content.id().value())
                        .toList();
    }

    private static String json(Map<String, String> map) {
        if (map.isEmpty()) {
            return NO_METADATA;
        }
        JsonObjectBuilder builder = BUILDERS.createObjectBuilder();
        map.forEach(builder::add);
        return builder.build().toString();
    }

    static Map<String, String> map(String json) {
        if (json.equals(NO_METADATA)) {
            return Map.of();
        }
        try (JsonReader reader = READERS.createReader(new StringReader(json))) {
            Map<String, String> map = new HashMap<>();
            reader.readObject().forEach((key, value) -> map.put(key, ((JsonString) value).getString()));
            return map;
        }
    }
}
