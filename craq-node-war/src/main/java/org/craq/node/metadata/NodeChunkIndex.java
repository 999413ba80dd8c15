package org.craq.node.metadata;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.NodeId;
import org.craq.core.file.ContentId;
import org.craq.node.store.ChunkIndex;
import org.craq.node.store.StoredChunk;

/** One node's rows of the chunk table, written under its present incarnation. */
public final class NodeChunkIndex implements ChunkIndex {
    private final NodeId node;
    private final Supplier<Incarnation> incarnation;
    private final ChunkTable table;
    private final HotChunks hot;

    public NodeChunkIndex(NodeId node, Supplier<Incarnation> incarnation, ChunkTable table, HotChunks hot) {
        this.node = node;
        this.incarnation = incarnation;
        this.table = table;
        this.hot = hot;
    }

    @Override
    public Live live(String segment) {
        return table.live(node, segment);
    }

    @Override
    public List<StoredChunk> chunksOf(String segment, long from, int limit) {
        return table.chunksOf(node, segment, from, limit);
    }

    @Override
    public Optional<String> segmentAfter(String segment) {
        return table.segmentAfter(node, segment);
    }

    @Override
    public Optional<StoredChunk> find(ContentId content, int index) {
        return table.find(node, content, index);
    }

    @Override
    public int move(List<Move> moves) {
        try {
            return table.move(node, incarnation.get(), moves);
        } finally {
            // Also after a failure, as the chunks may have been moved all the same.
            moves.forEach(move -> hot.moved(move.from().content(), move.from().index()));
        }
    }
}
