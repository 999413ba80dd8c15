package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests a tus client that knows nothing about this store. */
@ExtendWith(ChainExtension.class)
@Timeout(120)
class TusClientIT {
    private static final int LENGTH = 7_000_000;

    private final TestChain chain;

    TusClientIT(TestChain chain) {
        this.chain = chain;
    }

    private static TusUpload upload(String name, byte[] content) {
        TusUpload upload = new TusUpload();
        upload.setInputStream(new ByteArrayInputStream(content));
        upload.setSize(content.length);
        upload.setMetadata(Map.of("filename", name, "filetype", "text/x-test"));
        return upload;
    }

    @Test
    void goesOnAtAnotherNodeWhereItBrokeOff() throws IOException, ProtocolException {
        byte[] content = RandomBytes.array(9, LENGTH);
        TusClient client = new TusClient();
        URL here = URI.create(chain.cluster().nodeUrl("n2") + "/v1/uploads").toURL();
        client.setUploadCreationURL(here);
        TusUploader first = client.createUpload(upload("tus/client", content));
        first.setRequestPayloadSize(2_000_000);
        while (first.getOffset() < LENGTH / 2) {
            assertThat(first.uploadChunk()).isPositive();
        }
        first.finish(true);

        URL there = URI.create(
                        chain.cluster().nodeUrl("n3") + first.getUploadURL().getPath())
                .toURL();
        TusUploader second = client.beginOrResumeUploadFromURL(upload("tus/client", content), there);
        assertThat(second.getOffset()).isEqualTo(first.getOffset());
        while (second.uploadChunk() > -1) {
            assertThat(second.getOffset()).isLessThanOrEqualTo(LENGTH);
        }
        second.finish();

        for (String url : chain.members().values()) {
            Rest.Answer file = chain.rest().get(Rest.file(url, "tus/client"));
            assertThat(Digest.of(file.body())).isEqualTo(Digest.of(content));
            assertThat(file.header("Content-Type")).isEqualTo("text/x-test");
        }
    }
}
