package org.craq.node.files;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Operation;
import org.craq.core.replica.SessionToken;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;

/**
 * The user's description of a new version.
 *
 * @param chunkSize length of every chunk but the last, in bytes
 * @param conditions must hold when the version is given its place
 * @param youngerThan an entry that its creator already knew when it generated the write id; empty if the write id may be older
 */
public record NewFile(
        FileName name,
        WriteId writeId,
        Labels labels,
        int chunkSize,
        List<Condition> conditions,
        Optional<SessionToken> youngerThan) {
    /** Copies the conditions; none of the arguments may be null. */
    public NewFile {
        Objects.requireNonNull(labels);
        Objects.requireNonNull(youngerThan);
        conditions = List.copyOf(conditions);
    }

    /** Describes a new version whose write id may be of any age. */
    public NewFile(FileName name, WriteId writeId, Labels labels, int chunkSize, List<Condition> conditions) {
        this(name, writeId, labels, chunkSize, conditions, Optional.empty());
    }

    /** Returns the log operation that puts this version with the given body. */
    public Operation.Put put(Body body) {
        return new Operation.Put(name, writeId, body, labels.contentType(), labels.userMetadata());
    }

    /** Returns the write of a version with this content, to be submitted to the head of that chain. */
    Write write(Content content, ChainId chain, Fingerprint fingerprint) {
        return new Write(
                writeId,
                List.of(put(Body.of(content))),
                conditions,
                System.currentTimeMillis(),
                youngerThan.filter(entry -> entry.chain().equals(chain)).map(SessionToken::seen),
                Optional.of(fingerprint));
    }
}
