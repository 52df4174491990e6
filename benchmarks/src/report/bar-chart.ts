import { init } from 'echarts';
import { formatValue } from '../run/format-group.js';
import type { Result } from '../run/results.js';
import { isOurs } from './markdown-table.js';

const width = 760;
/** Grey that can be read on white and on black. */
const ink = '#808892';
const colors = { floor: '#9aa2ab', ours: '#2f9e6e', peer: '#5b8def' };

/** A result as bars, the shortest first, as SVG. */
export function barChart({ title, unit, measurements }: Result): string {
  const bars = measurements.toSorted((a, b) => b.value - a.value);
  const height = 70 + bars.length * 24;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const text = { color: ink, fontSize: 12, fontFamily: 'system-ui, sans-serif' };
  chart.setOption({
    animation: false,
    title: { text: title, left: 0, textStyle: { ...text, fontSize: 13, fontWeight: 'bold' } },
    grid: { left: 290, right: 90, top: 34, bottom: 24 },
    xAxis: {
      type: 'value',
      axisLabel: { ...text, hideOverlap: true },
      splitLine: { lineStyle: { color: ink, opacity: 0.2 } },
    },
    yAxis: {
      type: 'category',
      data: bars.map(({ name }) => name),
      axisLabel: text,
      axisLine: { lineStyle: { color: ink } },
      axisTick: { show: false },
    },
    series: [
      {
        type: 'bar',
        barWidth: 14,
        data: bars.map(({ name, value }) => ({ value, itemStyle: { color: colorOf(name) } })),
        label: {
          ...text,
          show: true,
          position: 'right',
          formatter: ({ value }: { value: unknown }) => `${formatValue(Number(value))} ${unit}`,
        },
      },
    ],
  });
  const svg = chart.renderToSVGString().replace(/<style[^]*?<\/style>\n?/g, ''); // nothing happens when it is pointed at
  chart.dispose();
  return svg;
}

function colorOf(name: string): string {
  if (isOurs(name)) return colors.ours;
  return /^(bare|validate|JSON|new S3Client)/.test(name) ? colors.floor : colors.peer;
}
