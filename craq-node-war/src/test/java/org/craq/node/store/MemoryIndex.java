package org.craq.node.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.file.ContentId;

/** The metadata in memory: what was recorded stays, whatever happens to the process. */
public final class MemoryIndex implements ChunkIndex {
    /** The outcome of {@link #move} from now on. */
    enum Answer {
        DONE,
        REFUSED,
        /** The move is committed, but reported to the caller as failed. */
        LOST
    }

    static final ChainId CHAIN = new ChainId("c1");

    private record Key(ContentId content, int index) {}

    private final Map<Key, StoredChunk> chunks = new LinkedHashMap<>();
    private Answer next = Answer.DONE;

    synchronized void answer(Answer answer) {
        next = answer;
    }

    synchronized void record(ContentId content, List<ChunkLocation> places) {
        for (int i = 0; i < places.size(); i++) {
            StoredChunk before = chunks.put(new Key(content, i), new StoredChunk(CHAIN, content, i, places.get(i)));
            if (before != null) {
                throw new AssertionError("recorded twice: " + before);
            }
        }
    }

    synchronized void prune(ContentId content) {
        chunks.keySet().removeIf(key -> key.content().equals(content));
    }

    public synchronized List<StoredChunk> all() {
        return List.copyOf(chunks.values());
    }

    synchronized Map<String, Long> ends() {
        Map<String, Long> ends = new HashMap<>();
        chunks.values()
                .forEach(chunk ->
                        ends.merge(chunk.location().segment(), chunk.location().end(), Math::max));
        return ends;
    }

    @Override
    public synchronized Live live(String segment) {
        List<StoredChunk> alive = chunksOf(segment, 0, Integer.MAX_VALUE);
        return new Live(
                alive.size(),
                alive.stream().mapToLong(chunk -> chunk.location().length()).sum());
    }

    @Override
    public synchronized List<StoredChunk> chunksOf(String segment, long from, int limit) {
        return chunks.values().stream()
                .filter(chunk -> chunk.location().segment().equals(segment)
                        && chunk.location().position() >= from)
                .sorted(Comparator.comparing(chunk -> chunk.location().position()))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized Optional<String> segmentAfter(String segment) {
        return chunks.values().stream()
                .map(chunk -> chunk.location().segment())
                .filter(name -> name.compareTo(segment) > 0)
                .min(Comparator.naturalOrder());
    }

    @Override
    public synchronized Optional<StoredChunk> find(ContentId content, int index) {
        return Optional.ofNullable(chunks.get(new Key(content, index)));
    }

    @Override
    public synchronized int move(List<Move> moves) {
        Answer answer = next;
        if (answer == Answer.REFUSED) {
            throw new IllegalStateException("the database refused");
        }
        List<Move> done = new ArrayList<>();
        for (Move move : moves) {
            Key key = new Key(move.from().content(), move.from().index());
            if (chunks.replace(key, move.from(), move.from().at(move.to()))) {
                done.add(move);
            }
        }
        if (answer == Answer.LOST) {
            throw new IllegalStateException("the database did not answer");
        }
        return done.size();
    }
}
