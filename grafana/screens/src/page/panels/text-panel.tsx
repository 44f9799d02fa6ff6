import { renderTextPanelMarkdown } from '@grafana/data';
import { RenderUserContentAsHTML } from '@grafana/ui';
import type { PanelKind } from '../panel-kind.js';

/** Markdown, read by @grafana/data's own reader. */
export const textPanel: PanelKind = {
  custom: [],
  customDefaults: {},
  needsNoData: true,
  draw: ({ options, replaceVariables }) => {
    const { mode, content } = options;
    if (mode !== 'markdown' || typeof content !== 'string') throw new Error('a text panel holds Markdown');
    return (
      <RenderUserContentAsHTML
        className="markdown-html"
        content={renderTextPanelMarkdown(replaceVariables(content))}
      />
    );
  },
};
