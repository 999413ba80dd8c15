package org.craq.node.files;

import java.util.List;
import java.util.Objects;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Operation;
import org.craq.core.replica.Write;
import org.craq.core.replica.WriteId;

/**
 * What a user says of a new version.
 *
 * @param chunkSize bytes in every chunk but the last
 * @param conditions must hold when the version is given its place
 */
public record NewFile(FileName name, WriteId writeId, Labels labels, int chunkSize, List<Condition> conditions) {
    /** Raises IllegalArgumentException that names what is wrong. */
    public NewFile {
        Objects.requireNonNull(labels);
        conditions = List.copyOf(conditions);
    }

    /** What the log says of it. */
    public Operation.Put put(Body body) {
        return new Operation.Put(name, writeId, body, labels.contentType(), labels.userMetadata());
    }

    Write write(Content content) {
        return new Write(writeId, List.of(put(Body.of(content))), conditions, System.currentTimeMillis());
    }
}
