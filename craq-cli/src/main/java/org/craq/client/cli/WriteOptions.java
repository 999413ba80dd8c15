package org.craq.client.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.craq.client.PutOptions;
import org.craq.core.file.UserMetadata;
import org.craq.wire.Errors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options for the metadata to keep with a file, and for the condition on which it is written. */
final class WriteOptions {
    @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type to keep with the file.")
    private String contentType = "";

    @Option(
            names = "--meta",
            paramLabel = "KEY=VALUE",
            description = "Metadata to keep with the file; may be repeated. Keys are stored in lower case.")
    private Map<String, String> meta = new LinkedHashMap<>();

    @ArgGroup
    private WriteCondition condition = new WriteCondition();

    /**
     * Returns the options of a put.
     *
     * @throws org.craq.wire.CraqException INVALID_ARGUMENT when the metadata is invalid, however the file will be sent
     */
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
