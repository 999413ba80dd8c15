package org.craq.node.replication;

import java.util.Objects;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;

/**
 * A content that must be on this node before an entry that refers to it can be made durable.
 *
 * @param seq the entry's place in the log
 * @param mayBeShared true if an earlier entry may have it too, as it is one of several contents of a body
 */
record MissingContent(Content content, Seq seq, boolean mayBeShared) {
    MissingContent(Content content, Seq seq) {
        this(content, seq, false);
    }

    MissingContent {
        Objects.requireNonNull(content);
        Objects.requireNonNull(seq);
    }
}
