package org.craq.client.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.craq.client.PutOptions;
import org.craq.core.file.UserMetadata;
import org.craq.wire.Errors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to keep with a file, and on which condition to write it. */
final class WriteOptions {
    @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type to keep with the file.")
    private String contentType = "";

    @Option(
            names = "--meta",
            paramLabel = "KEY=VALUE",
            description = "Text to keep with the file; may be repeated. Keys are kept in lower case.")
    private Map<String, String> meta = new LinkedHashMap<>();

    @ArgGroup
    private WriteCondition condition = new WriteCondition();

    /** Raises INVALID_ARGUMENT, whichever way the file will go. */
    PutOptions get() {
        PutOptions options = PutOptions.defaults()
                .withContentType(contentType)
                .withUserMetadata(Errors.valid(() -> new UserMetadata(meta)).values());
        if (condition.version().isPresent()) {
            return options.ifVersion(condition.version().get());
        }
        return condition.absent() ? options.ifAbsent() : options;
    }
}
