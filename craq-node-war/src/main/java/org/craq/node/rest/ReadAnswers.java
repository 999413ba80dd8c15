package org.craq.node.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.craq.core.file.Body;
import org.craq.core.file.FileName;
import org.craq.node.files.Answer;
import org.craq.node.files.Contents;
import org.craq.node.files.Preconditions;
import org.craq.node.metadata.FileRecord;
import org.craq.node.runtime.NodeRuntime;

/** Builds a node's HTTP answers to reads: the headers of a version, and bodies that stream all of it or some ranges. */
public final class ReadAnswers {
    private static final String NODE = "X-Craq-Node";
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int OWN_BYTES = 64 << 10;
    private static final long ASK_AGAIN_NANOS = 1_000_000_000;

    public static final String VERSION = "X-Craq-Version";
    public static final String CRC32C = "X-Craq-Crc32c";

    private final NodeRuntime node;
    private final HttpServletRequest request;
    private final Consumer<FileName> allowed;
    private final BodyDigests wanted;
    private final KnownDigests digests;

    /**
     * Builds the answers to one request.
     *
     * @param allowed fails once the caller may no longer read the file; asked every second
     * @param wanted digests that the client asks for
     */
    ReadAnswers(
            NodeRuntime node,
            HttpServletRequest request,
            Consumer<FileName> allowed,
            BodyDigests wanted,
            KnownDigests digests) {
        this.allowed = allowed;
        this.digests = digests;
        this.node = node;
        this.request = request;
        this.wanted = wanted;
    }

    /** Adds the headers that name this node and state the consistency of the answer. */
    Response.ResponseBuilder describe(Response.ResponseBuilder answer, Answer<?> found) {
        return answer.header("X-Craq-Consistency", found.level().name().toLowerCase(Locale.ROOT))
                .header(FreshnessParams.SESSION, found.session().toString())
                .header(NODE, node.config().id().value());
    }

    /** Adds the headers that describe a version. */
    Response.ResponseBuilder describeFile(Response.ResponseBuilder answer, Answer<FileRecord> found) {
        FileRecord file = found.value();
        describe(answer, found);
        ServedContent.of(StoredContentType.of(file.contentType())).headers().forEach(answer::header);
        answer.header(HttpHeaders.ETAG, Preconditions.etag(file.version()))
                .header("Accept-Ranges", "bytes")
                .header(VERSION, file.version().toString())
                .header(CRC32C, FileListing.hex(file.body().orElseThrow().crc32c()))
                // The head's clock may be ahead of this node's, and Last-Modified must not be in the future (RFC 9110
                // section 8.8.2.1).
                .lastModified(
                        Date.from(Instant.ofEpochMilli(Math.min(file.createdAtMillis(), System.currentTimeMillis()))));
        MetadataHeaders.write(file.userMetadata(), answer);
        return answer;
    }

    /** Adds the headers that describe a version and the requested digests, which may require reading the whole content first. */
    Response.ResponseBuilder describeContent(Response.ResponseBuilder answer, Answer<FileRecord> found) {
        if (!wanted.isEmpty()) {
            answer.header(BodyDigests.REPRESENTATION, digests.header(found.value(), wanted, this::read));
        }
        return describeFile(answer, found);
    }

    /** Sets the placeholder content type, for which {@link StoredContentType} sends the stored one. */
    Response.ResponseBuilder typed(Response.ResponseBuilder answer, FileRecord file) {
        StoredContentType.send(request, StoredContentType.of(file.contentType()));
        return answer.header(HttpHeaders.CONTENT_TYPE, StoredContentType.STANDS_FOR);
    }

    /**
     * Returns the answer that streams the content.
     *
     * @param ranges the ranges to send; empty for the whole content
     */
    Response content(Answer<FileRecord> found, List<HttpRange> ranges) {
        FileRecord file = found.value();
        Body content = file.body().orElseThrow();
        if (ranges.size() > 1) {
            ByteRanges parts = new ByteRanges(
                    UUID.randomUUID().toString(), StoredContentType.of(file.contentType()), content.length(), ranges);
            Response.ResponseBuilder answer = Response.status(PARTIAL_CONTENT)
                    .entity(body(content, output -> parts.write(output, range -> copy(file, range, output))))
                    .header(HttpHeaders.CONTENT_TYPE, parts.mediaType())
                    .header(HttpHeaders.CONTENT_LENGTH, parts.length());
            return describeContent(answer, found).build();
        }
        HttpRange sent = ranges.isEmpty() ? new HttpRange(0, content.length()) : ranges.get(0);
        Response.ResponseBuilder answer = typed(Response.status(ranges.isEmpty() ? OK : PARTIAL_CONTENT), file)
                .entity(body(content, output -> copy(file, sent, output)))
                .header(HttpHeaders.CONTENT_LENGTH, sent.length());
        if (!ranges.isEmpty()) {
            answer.header("Content-Range", sent.contentRange(content.length()));
        }
        return describeContent(answer, found).build();
    }

    private void read(Body content, Consumer<ByteBuffer> sink) {
        try (Contents.Range all = node.contents().range(content, 0, content.length())) {
            while (all.hasNext()) {
                sink.accept(all.next().bytes());
            }
        }
    }

    private interface Output {
        void write(OutputStream output) throws IOException;
    }

    /** Holds the content from the first byte to the last, also between two ranges. */
    private StreamingOutput body(Body content, Output output) {
        return stream -> {
            // Opened here rather than earlier, as an answer may never be written and the hold would not be closed.
            Contents.Range hold = node.contents().range(content, 0, 0);
            try {
                output.write(stream);
            } finally {
                hold.close();
            }
        };
    }

    private void copy(FileRecord file, HttpRange part, OutputStream output) throws IOException {
        byte[] own = new byte[(int) Math.min(OWN_BYTES, part.length())];
        long asked = System.nanoTime();
        try (Contents.Range range = node.contents().range(file.body().orElseThrow(), part.offset(), part.length())) {
            while (range.hasNext()) {
                if (System.nanoTime() - asked > ASK_AGAIN_NANOS) {
                    asked = System.nanoTime();
                    allowed.accept(file.name());
                }
                ByteBuffer bytes = range.next().bytes();
                int left = bytes.remaining();
                while (left > 0) {
                    int count = Math.min(own.length, left);
                    bytes.get(own, 0, count);
                    left -= count;
                    if (left == 0) {
                        // The client may be slow to take these bytes; the buffer they were read into is returned
                        // first.
                        range.pause();
                    }
                    output.write(own, 0, count);
                }
            }
        }
    }
}
