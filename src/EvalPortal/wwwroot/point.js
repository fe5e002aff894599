/** Width and height of an element, in CSS pixels. */
export const size = (element) => [element.clientWidth, element.clientHeight];
