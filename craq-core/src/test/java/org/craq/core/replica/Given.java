package org.craq.core.replica;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.craq.core.chain.Chain;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Incarnation;
import org.craq.core.chain.Member;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;

/** Values used in tests. */
final class Given {
    static final ChainId CHAIN = new ChainId("c1");
    static final FileName A = new FileName("a");
    static final FileName B = new FileName("b");

    private Given() {}

    static Seq seq(long value) {
        return new Seq(value);
    }

    static Epoch epoch(long value) {
        return new Epoch(value);
    }

    static Version version(long epoch, long seq) {
        return new Version(epoch(epoch), seq(seq));
    }

    static WriteId writeId(long n) {
        return new WriteId(new UUID(1, n));
    }

    static Operation.Put put(FileName name, long id) {
        Content content = new Content(new ContentId(new UUID(2, id)), Content.MIN_CHUNK_SIZE, 1, 0);
        return new Operation.Put(name, writeId(id), content, "text/plain", Map.of());
    }

    static Operation.Delete delete(FileName name, long id) {
        return new Operation.Delete(name, writeId(id));
    }

    /** Returns a write of one file, whose write id is the number. */
    static Write write(long id, FileName name, Condition... conditions) {
        return new Write(writeId(id), List.of(put(name, id)), List.of(conditions), 0);
    }

    static Entry entry(long epoch, long seq, Operation... operations) {
        return new Entry(epoch(epoch), seq(seq), List.of(operations), 0);
    }

    /** Returns an entry that puts file a, and whose write id is its seq. */
    static Entry entry(long epoch, long seq) {
        return entry(epoch, seq, put(A, seq));
    }

    static NodeId node(int n) {
        return new NodeId("n" + n);
    }

    static Incarnation incarnation(int n) {
        return new Incarnation(new UUID(3, n));
    }

    static Member member(int n) {
        return new Member(node(n), incarnation(n), "127.0.0.1:800" + n, "http://127.0.0.1:808" + n, true);
    }

    static Chain chain(long epoch, int... nodes) {
        return new Chain(
                CHAIN,
                epoch(epoch),
                Arrays.stream(nodes).mapToObj(Given::member).toList(),
                epoch);
    }
}
