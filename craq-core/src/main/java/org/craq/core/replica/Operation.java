package org.craq.core.replica;

import java.util.Map;
import java.util.Objects;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;

/** What an entry does to one file. */
public sealed interface Operation {
    FileName name();

    WriteId writeId();

    /** Writes a new version. */
    record Put(FileName name, WriteId writeId, Content content, String contentType, Map<String, String> userMetadata)
            implements Operation {
        public Put {
            Objects.requireNonNull(name);
            Objects.requireNonNull(writeId);
            Objects.requireNonNull(content);
            Objects.requireNonNull(contentType);
            userMetadata = Map.copyOf(userMetadata);
        }
    }

    /** Writes a tombstone. */
    record Delete(FileName name, WriteId writeId) implements Operation {
        public Delete {
            Objects.requireNonNull(name);
            Objects.requireNonNull(writeId);
        }
    }
}
