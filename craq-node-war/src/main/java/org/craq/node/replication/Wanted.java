package org.craq.node.replication;

import java.util.Objects;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;

/**
 * A content that an entry refers to.
 *
 * @param seq the entry's place in the log
 */
record Wanted(Content content, Seq seq) {
    Wanted {
        Objects.requireNonNull(content);
        Objects.requireNonNull(seq);
    }
}
