package org.craq.node;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;
import org.craq.node.admin.CountedAnswers;
import org.craq.node.admin.DigestResource;
import org.craq.node.admin.ScrubResource;
import org.craq.node.admin.StatusResource;
import org.craq.node.admin.UsageResource;
import org.craq.node.rest.FilesResource;
import org.craq.node.rest.NodeAccess;
import org.craq.node.rest.TransactionsResource;
import org.craq.node.rest.TusFilter;
import org.craq.node.rest.UploadsResource;
import org.craq.server.CraqExceptionMapper;
import org.craq.server.LogLevelsResource;
import org.craq.server.OpenApiResource;
import org.craq.server.UnexpectedExceptionMapper;

/** The node's REST interface. */
@ApplicationPath("/v1")
public class RestApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                StatusResource.class,
                ScrubResource.class,
                DigestResource.class,
                UsageResource.class,
                FilesResource.class,
                TransactionsResource.class,
                UploadsResource.class,
                TusFilter.class,
                NodeAccess.class,
                CountedAnswers.class,
                LogLevelsResource.class,
                OpenApiResource.class,
                CraqExceptionMapper.class,
                UnexpectedExceptionMapper.class);
    }
}
