package org.craq.core.replica;

import java.util.Map;
import java.util.Objects;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;

/** The change that an entry makes to one file. */
public sealed interface Operation {
    FileName name();

    WriteId writeId();

    /** Writes a new version. */
    record Put(FileName name, WriteId writeId, Body body, String contentType, Map<String, String> userMetadata)
            implements Operation {
        /** Creates a put with a body of one content. */
        public Put(
                FileName name, WriteId writeId, Content content, String contentType, Map<String, String> userMetadata) {
            this(name, writeId, Body.of(content), contentType, userMetadata);
        }

        public Put {
            Objects.requireNonNull(name);
            Objects.requireNonNull(writeId);
            Objects.requireNonNull(body);
            Objects.requireNonNull(contentType);
            userMetadata = Map.copyOf(userMetadata);
            if (contentType.indexOf(0) >= 0
                    || userMetadata.entrySet().stream()
                            .anyMatch(entry -> (entry.getKey() + entry.getValue()).indexOf(0) >= 0)) {
                throw new IllegalArgumentException(
                        "the content type or the metadata of " + name + " hold the character U+0000");
            }
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
