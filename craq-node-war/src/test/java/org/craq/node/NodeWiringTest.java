package org.craq.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NodeWiringTest {
    @Test
    void everyStepOfTheSchemaIsTaken() throws IOException, URISyntaxException {
        Path first = Path.of(NodeWiring.class
                .getResource("/db/craq-node/" + NodeWiring.SCHEMA.get(0))
                .toURI());
        try (Stream<Path> steps = Files.list(first.getParent())) {
            assertThat(steps.map(step -> step.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(NodeWiring.SCHEMA);
        }
    }
}
