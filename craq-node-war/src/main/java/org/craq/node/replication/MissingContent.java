package org.craq.node.replication;

import java.util.Objects;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;

/**
 * A content that an entry refers to.
 *
 * @param seq the entry's place in the log
 * @param mayBeShared an earlier entry may have brought it, as it is one of several of a body
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
